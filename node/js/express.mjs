// Webhooks in Express, `app.all('/hooks/github', webhook(options, handler))`, and wherever else Node's own `(req, res)` are handed over.
import { types } from 'node:util';
import { WebhookReceiver, alreadyParsed, collect, collectRequest, orThrown } from './receiver.mjs';
import { leaveUnread } from './unread.mjs';

export function webhook(options, handler) {
  const receiver = new WebhookReceiver(options);
  const receive = async (req, res, turn) => {
    // Express takes the path of a router off `url`; others leave it as it came.
    const request = { method: req.method, target: req.originalUrl ?? req.url, headers: headersOf(req) };
    const body = rawBody(req, receiver.maxBodyBytes);
    const answer = await receiver.receive(request, body, async (webhook) => {
      turn.isHandled = true;
      orThrown(await handler(webhook, req, res));
      return res.headersSent ? res.statusCode : undefined;
    });
    if (answer) send(req, res, answer);
  };
  return (req, res, next) => {
    const turn = { isHandled: false };
    const done = receive(req, res, turn);
    // Who hands over no `next` waits for the promise: Next, Koa, Nest, Google's functions. Where nobody does, a sender that leaves would end the process.
    if (typeof next !== 'function') return done.catch((error) => (!turn.isHandled && isBrokenOff(req) ? undefined : Promise.reject(error)));
    // And no promise for others: h3 would take it for the answer, whatever `next` is told later, and restify refuses it.
    done.catch(next);
    return undefined;
  };
}

/** Whether the sender hung up within the body: nobody is left to answer. Over HTTP/2 it is `complete`, and not destroyed. */
const isBrokenOff = (req) => (req.destroyed || req.aborted) && !req.readableEnded;

/** As they came. Who puts a request together, such as serverless-http, may leave `rawHeaders` empty, and have numbers among the others. */
function headersOf({ headers, rawHeaders }) {
  if (rawHeaders?.length > 0) return rawHeaders;
  const pairs = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return pairs.filter(([, value]) => value !== undefined && value !== null).map(([name, value]) => [name, String(value)]);
}

async function rawBody(req, maxBytes) {
  // Google's functions and Nest parse the body, and keep what it was.
  const kept = [req.rawBody, req.body].find(types.isUint8Array);
  if (kept) return collect([kept], maxBytes);
  // What waits to be read nobody has read, whatever a parser has left there.
  const isGone = req.complete && !(req.readableLength > 0) && req.body !== undefined && !BODILESS.includes(req.method);
  if (req.readableDidRead || isGone) throw alreadyParsed();
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
