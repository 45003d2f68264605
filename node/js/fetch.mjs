// Webhooks in a handler of plain `fetch`: `export default { fetch: webhook(options, handler) }`.
import { WebhookReceiver, alreadyParsed, collect, errorOf } from './receiver.mjs';

export function webhook(options, handler) {
  const receiver = new WebhookReceiver(options);
  const receive = async (request, ...rest) => {
    const { pathname, search } = new URL(request.url);
    const received = { method: request.method, target: pathname + search, headers: request.headers };
    const raw = rawBody(request, receiver.maxBodyBytes);
    let own;
    const answer = await receiver.receive(received, raw, async (webhook) => {
      own = await handler(webhook, request, ...rest);
      return statusOf(own);
    });
    return answer ? new Response(answer.body.length === 0 ? null : answer.body, { status: answer.status, headers: answer.headers }) : own;
  };
  return (request, ...rest) => {
    const answer = receive(request, ...rest);
    // Where the sender hangs up, Workers stop what is under way, and the key would stay taken for work that nobody has done.
    rest.find((one) => typeof one?.waitUntil === 'function')?.waitUntil(answer.catch(() => {}));
    return answer;
  };
}

/** The status of what a handler returned; of nothing, or of a mere value, none. Azure's answers are plain objects with a `status`. */
function statusOf(own) {
  if (typeof own !== 'object' || own === null) return undefined;
  // What cannot be an answer was meant as one all the same: without a complaint the message would count as handled.
  if (typeof own.status !== 'number') throw errorOf('CM_INVALID_INPUT', 'status');
  return own.status;
}

async function rawBody(request, maxBytes) {
  if (request.bodyUsed) throw alreadyParsed();
  return collect(request.body, maxBytes, request.headers.get('content-length'));
}
