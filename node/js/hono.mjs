// Webhooks in Hono, on any runtime: `app.all('/hooks/github', webhook(options, handler))`.
import { webhook as fetchWebhook } from './fetch.mjs';

export function webhook(options, handler) {
  const receive = fetchWebhook(options, (webhook, request, context) => handler(webhook, context));
  return (context) => receive(context.req.raw, context);
}
