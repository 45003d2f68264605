// Webhooks in Express: `app.all('/hooks/github', webhook(options, handler))`.
import { WebhookReceiver, alreadyParsed, collectRequest } from './receiver.mjs';

export function webhook(options, handler) {
  const receiver = new WebhookReceiver(options);
  return async (req, res, next) => {
    try {
      const request = { method: req.method, target: req.originalUrl, headers: req.rawHeaders };
      const body = rawBody(req, receiver.maxBodyBytes);
      const { status, headers, body: text } = await receiver.receive(request, body, (webhook) => handler(webhook, req, res));
      if (res.headersSent) return;
      // What was not read is not wanted.
      if (!req.complete) res.set('connection', 'close');
      res.status(status).set(headers).end(text);
    } catch (error) {
      next(error);
    }
  };
}

async function rawBody(req, maxBytes) {
  if (req.body instanceof Uint8Array) return req.body;
  if (req.readableDidRead || req.complete && req.body !== undefined) throw alreadyParsed();
  return collectRequest(req, maxBytes, req.headers);
}
