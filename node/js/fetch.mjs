// Webhooks in a handler of plain `fetch`: `export default { fetch: webhook(options, handler) }`.
import { WebhookReceiver, alreadyParsed, collect, errorOf, orThrown } from './receiver.mjs';

export function webhook(options, handler) {
  const receiver = new WebhookReceiver(options);
  const receive = async (request, ...rest) => {
    if (typeof request?.headers?.get !== 'function') throw errorOf('CM_INVALID_INPUT', 'no Request: hand over that of the event, such as event.request');
    const { pathname, search } = new URL(request.url);
    const received = { method: request.method, target: pathname + search, headers: request.headers };
    const raw = rawBody(request, receiver.maxBodyBytes);
    let own;
    const answer = await receiver.receive(received, raw, async (webhook) => {
      own = orThrown(await handler(webhook, request, ...rest));
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

/** The status of what a handler returned, if that is an answer. Those of some frameworks are plain objects, which have it themselves or in their `init`. */
function statusOf(own) {
  // What `Response.error()` gives breaks the connection off: the sender tries again.
  const status = own?.type === 'error' && own.status === 0 ? 500 : (own?.status ?? own?.init?.status);
  // Of anything else, such as a row with a `status` of its own, the work is done all the same: to complain now would have it done again.
  return Number.isInteger(status) && status >= 200 && status <= 599 ? status : undefined;
}

async function rawBody(request, maxBytes) {
  if (request.bodyUsed) throw alreadyParsed();
  return collect(request.body, maxBytes, request.headers.get('content-length'));
}
