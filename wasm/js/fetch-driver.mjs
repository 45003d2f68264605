// Drives the step machines over `fetch`: the same few lines as in every language.
import { listErrors } from './countermark.js';

/** Runs a machine to its end. Without a store, one that needs it is told that it is out of reach. */
export async function drive(machine, signal, store) {
  for (;;) {
    signal.throwIfAborted();
    const step = machine.poll(Date.now());
    switch (step.type) {
      case 'send': {
        const reply = await exchange(step.request, signal);
        signal.throwIfAborted();
        if (reply.failure) machine.onTransportError(reply.failure, reply.phase, Date.now());
        else machine.onResponse(reply.status, reply.body, Date.now());
        break;
      }
      case 'wait':
        await pause(step.untilMs - Date.now(), signal);
        break;
      case 'reserve':
        machine.onStore(await refusalOf(() => store.reserve(step.key, step.untilMs, Date.now())), Date.now());
        break;
      case 'release':
        machine.onStore(await refusalOf(() => store.release(step.key).then(() => true)), Date.now());
        break;
      case 'done':
        return;
    }
  }
}

/**
 * One exchange, exactly as it stands: no redirect, no cookie, no second try. `fetch` has no time-out of its own for connecting, and on a
 * connection that was used before Deno may send a request twice: a second start freezes the ID.
 */
async function exchange({ method, url, headers, body, totalTimeoutMs, maxReplyBytes }, signal) {
  const stop = new AbortController();
  const follow = () => stop.abort(signal.reason);
  // Not `AbortSignal.any` of `AbortSignal.timeout`: on Node 20 that never stopped a reply that drips.
  const timer = setTimeout(() => stop.abort(new DOMException('', 'TimeoutError')), totalTimeoutMs);
  signal.addEventListener('abort', follow, { once: true });
  const init = { method, headers: [...headers, ['connection', 'close']], body, redirect: 'manual', signal: stop.signal };
  // Cloudflare Workers have no cookies, and refuse the word.
  if ('credentials' in Request.prototype) init.credentials = 'omit';
  try {
    const response = await fetch(url, init);
    // One byte more than the limit tells the machine that there was more.
    return { status: response.status, body: await read(response.body, maxReplyBytes + 1, stop.signal) };
  } catch (error) {
    return failureOf(error, url);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', follow);
  }
}

async function read(stream, most, signal) {
  const body = new Uint8Array(most);
  let length = 0;
  const reader = stream?.getReader();
  // The signal of `fetch` is not relied on once the reply has begun.
  const stop = () => reader?.cancel(signal.reason).catch(() => {});
  signal.addEventListener('abort', stop, { once: true });
  try {
    while (reader && length < most) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) break;
      const part = value.subarray(0, most - length);
      body.set(part, length);
      length += part.length;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
  return body.subarray(0, length);
}

// What servers' runtimes say of a connection that did not come about. Browsers and Workers give no reason, and what is not certain counts
// as perhaps sent.
const NOT_CONNECTED = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|client error \(Connect\)/;
const NOT_TRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|certificate/;

function failureOf(error, url) {
  // Deno repeats the address, whose host may hold one of the words.
  const reasons = [error.code, error.cause?.code, error.cause?.message, error.message].join(' ').replaceAll(new URL(url).host, '');
  if (error.name === 'TimeoutError') return { failure: 'timeout', phase: 'maybe_sent' };
  if (NOT_TRUSTED.test(reasons)) return { failure: 'tls', phase: 'not_sent' };
  return { failure: 'unreachable', phase: NOT_CONNECTED.test(reasons) ? 'not_sent' : 'maybe_sent' };
}

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** The number of the error of a store: none when it did as asked. */
async function refusalOf(ask) {
  try {
    return (await ask()) ? undefined : numberOf('REPLAYED');
  } catch {
    return numberOf('STORE_UNAVAILABLE');
  }
}

const numberOf = (name) => listErrors().find((row) => row.name === name).number;
