// Webhooks in Express, `app.all('/hooks/github', webhook(options, handler))`, and wherever else Node's own `(req, res)` are handed over.
import { types } from 'node:util';
import { WebhookReceiver, alreadyParsed, collect, collectRequest } from './receiver.mjs';
import { leaveUnread } from './unread.mjs';

export function webhook(options, handler) {
  const receiver = new WebhookReceiver(options);
  return async (req, res, next) => {
    try {
      // Express takes the path of a router off `url`; others leave it as it came.
      const request = { method: req.method, target: req.originalUrl ?? req.url, headers: req.rawHeaders };
      const body = rawBody(req, receiver.maxBodyBytes);
      const answer = await receiver.receive(request, body, async (webhook) => {
        await handler(webhook, req, res);
        return res.headersSent ? res.statusCode : undefined;
      });
      if (answer) send(req, res, answer);
    } catch (error) {
      // Who hands over no `next` waits for the promise: Next, Koa, Nest, Google's functions.
      if (typeof next !== 'function') throw error;
      next(error);
    }
  };
}

async function rawBody(req, maxBytes) {
  // Google's functions and Nest parse the body, and keep what it was.
  const kept = [req.rawBody, req.body].find(types.isUint8Array);
  if (kept) return collect([kept], maxBytes);
  if (req.readableDidRead || req.complete && req.body !== undefined && !BODILESS.includes(req.method)) throw alreadyParsed();
  return collectRequest(req, maxBytes, req.headers);
}

/** What parsers leave there of a request without a body, such as a handshake, is not its body. */
const BODILESS = ['GET', 'HEAD'];

function send(req, res, { status, headers, body }) {
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  leaveUnread(req, (name, value) => res.setHeader(name, value));
  res.end(body);
}
