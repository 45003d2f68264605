// Webhooks in Hono, on any runtime: `app.all('/hooks/github', webhook(options, handler))`.
import { WebhookReceiver, alreadyParsed, collect } from './receiver.mjs';

export function webhook(options, handler) {
  const receiver = new WebhookReceiver(options);
  return async (context) => {
    const { raw } = context.req;
    const { pathname, search } = new URL(raw.url);
    const request = { method: raw.method, target: pathname + search, headers: raw.headers };
    const { status, headers, body } = await receiver.receive(request, rawBody(raw, receiver.maxBodyBytes), (webhook) => handler(webhook, context));
    return new Response(body.length === 0 ? null : body, { status, headers });
  };
}

async function rawBody(request, maxBytes) {
  if (request.bodyUsed) throw alreadyParsed('mount this route before a middleware that reads the body');
  return collect(request.body, maxBytes, request.headers.get('content-length'));
}
