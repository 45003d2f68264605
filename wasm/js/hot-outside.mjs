// The calls for a long body, whose HMAC the platform works out. The small build has none of them, and hashes every body itself.
import { WebhookVerifier } from './countermark.js';
import { KEPT, answerOf, data, put, reserve, roomOf, time, utf8, view, withRoom } from './hot.mjs';
import { LONG, hmac, keyOf } from './outside.mjs';

/** Instead of keys: a platform may refuse a hash or a key, as one that keeps to FIPS 140 does. The module then hashes itself. */
const REFUSED = null;
/** The platform's own keys of each verifier, once they are needed: a promise, and then the keys. */
const outsideKeys = new WeakMap();

function keysOf(verifier) {
  if (!outsideKeys.has(verifier)) {
    const keep = (keys) => {
      outsideKeys.set(verifier, keys);
      return keys;
    };
    outsideKeys.set(verifier, Promise.all(verifier.takeOutsideKeys().map(keyOf)).then(keep, () => keep(REFUSED)));
  }
  return outsideKeys.get(verifier);
}

/** What the platform is to work out, and how its answer is judged: by the buffer, where the request is nothing but short headers. */
function outsideOf(verifier, request, length, nowMs) {
  const { headers, method, url, query } = request;
  const text = headers.join('\n');
  const at = time(nowMs);
  if (method === undefined && url === undefined && query === undefined && roomOf(text) < KEPT / 2) {
    const count = headers.length / 2;
    let end;
    const written = withRoom(KEPT, () => verifier.outsideScratch((end = put(text, 0)), count, length, at));
    if (written === 0) return { refused: answerOf(0) };
    if (written > 0) {
      if (view.length === 0) reserve(KEPT);
      return { ...unpacked(view.slice(end, end + written)), judge: (macs) => judge(verifier, text, macs, count, length, at) };
    }
  }
  const wanted = verifier.outside(request, length, at);
  return wanted && { ...wanted, judge: (macs) => answerOf(verifier.verifyWithMacs(request, length, macs, at)) };
}

/** The places of the keys, behind their number; the length of what is before the body, in two bytes; and what is before and after it. */
function unpacked(bytes) {
  const count = bytes[0];
  const start = count + 3;
  const middle = start + bytes[count + 1] + 256 * bytes[count + 2];
  return { keys: [...bytes.subarray(1, count + 1)], before: bytes.subarray(start, middle), after: bytes.subarray(middle) };
}

/** The buffer may hold something else by now. */
function judge(verifier, text, macs, count, length, nowMs) {
  const verdict = withRoom(KEPT, () => {
    const end = put(text, 0);
    let at = end;
    for (const mac of macs) at += put(mac, at);
    return verifier.verifyMacsScratch(end, at - end, macs.length, count, length, nowMs);
  });
  return answerOf(verdict);
}

/** Of another realm too, as those of `crypto.subtle` in Next.js' edge runtime are. */
const isPromise = (value) => typeof value?.then === 'function';

async function verifyOutside(verifier, request, body, nowMs) {
  const given = typeof body === 'string' ? utf8.encode(body) : data(body);
  const wanted = outsideOf(verifier, request, given.length, nowMs);
  if (wanted === undefined) return undefined;
  if (wanted.refused !== undefined) return wanted.refused;
  const known = keysOf(verifier);
  const keys = isPromise(known) ? await known : known;
  if (keys === REFUSED) return undefined;
  let macs;
  try {
    macs = wanted.keys.map((place) => hmac(keys[place], wanted, given));
    // Where the platform answers at once, nothing waits.
    if (macs.some(isPromise)) macs = await Promise.all(macs);
  } catch {
    outsideKeys.set(verifier, REFUSED);
    return undefined;
  }
  return wanted.judge(macs);
}

Object.assign(WebhookVerifier.prototype, {
  /** The verdict with the platform's HMACs, as a promise of it or of nothing where the body has to be seen; nothing where it is short. */
  verifyOutside(request, body, nowMs) {
    return body?.length >= LONG ? verifyOutside(this, request(), body, nowMs) : undefined;
  },
});
