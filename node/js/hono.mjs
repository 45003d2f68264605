// Webhooks in Hono, on any runtime: `app.all('/hooks/github', webhook(options, handler))`.
import { webhook as fetchWebhook } from './fetch.mjs';

export function webhook(options, handler) {
  const receive = fetchWebhook(options, (webhook, request, context) => handler(webhook, context));
  return (context) => receive(context.req.raw, context, executionOf(context));
}

/** What a Worker's work is told to; on other runtimes there is none, and the getter throws. */
function executionOf(context) {
  try {
    return context.executionCtx;
  } catch {
    return undefined;
  }
}
