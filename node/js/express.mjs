// Webhooks in Express: `app.all('/hooks/github', webhook(options, handler))`.
import { WebhookReceiver, alreadyParsed, collectRequest } from './receiver.mjs';

export function webhook(options, handler) {
  const receiver = new WebhookReceiver(options);
  return async (req, res, next) => {
    try {
      const request = { method: req.method, target: req.originalUrl, headers: req.rawHeaders };
      const body = rawBody(req, receiver.maxBodyBytes);
      const answer = await receiver.receive(request, body, async (webhook) => {
        await handler(webhook, req, res);
        return res.headersSent ? res.statusCode : undefined;
      });
      if (!answer) return;
      // What was not read is not wanted.
      if (!req.complete) res.set('connection', 'close');
      res.status(answer.status).set(answer.headers).end(answer.body);
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
