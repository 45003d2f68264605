// The calls for a long body, whose HMAC the platform works out. The small build has none of them, and hashes every body itself.
import { WebhookVerifier } from './countermark.js';
import { KEPT, answerOf, data, lines, put, reserve, roomOf, time, utf8, view, withRoom } from './hot.mjs';
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
function outsideOf(verifier, names, given, listed, length, nowMs) {
  const { text, count } = Array.isArray(given) ? lines(names, given) : {};
  if (text !== undefined && roomOf(text) < KEPT / 2) {
    let end;
    const written = withRoom(KEPT, () => verifier.outsideScratch((end = put(text, 0)), count, length, nowMs));
    if (written === 0) return { refused: answerOf(0) };
    if (written > 0) {
      if (view.length === 0) reserve(KEPT);
      return unpacked(view.slice(end, end + written), (macs) => judge(verifier, text, macs, count, length, nowMs));
    }
  }
  const request = listed();
  const wanted = verifier.outside(request, length, nowMs);
  return wanted && { ...wanted, judge: (macs) => answerOf(verifier.verifyWithMacs(request, length, macs, nowMs)) };
}

/** The places of the keys, behind their number; the length of what is before the body, in two bytes; and what is before and after it. */
function unpacked(bytes, judge) {
  const keys = [];
  for (let at = 1; at <= bytes[0]; at++) keys.push(bytes[at]);
  const start = keys.length + 3;
  const middle = start + bytes[start - 2] + 256 * bytes[start - 1];
  return { keys, before: bytes.subarray(start, middle), after: bytes.subarray(middle), judge };
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

/** The verdict with these keys, or a promise of it; nothing where the platform does not work it out. */
function verdict(verifier, keys, wanted, body) {
  const refused = () => void outsideKeys.set(verifier, REFUSED);
  if (keys === REFUSED) return undefined;
  let macs;
  try {
    macs = wanted.keys.map((place) => hmac(keys[place], wanted, body));
  } catch {
    return refused();
  }
  // Where the platform answers at once, nothing waits.
  return macs.some(isPromise) ? Promise.all(macs).then(wanted.judge, refused) : wanted.judge(macs);
}

Object.assign(WebhookVerifier.prototype, {
  /** The verdict with the platform's HMACs, or a promise of it; nothing where the body is short or has to be seen. */
  verifyOutside(names, given, listed, body, nowMs) {
    if (!(body?.length >= LONG)) return undefined;
    const bytes = typeof body === 'string' ? utf8.encode(body) : data(body);
    const wanted = outsideOf(this, names, given, listed, bytes.length, time(nowMs));
    if (wanted?.refused !== undefined) return wanted.refused;
    const keys = wanted && keysOf(this);
    if (isPromise(keys)) return keys.then((known) => verdict(this, known, wanted, bytes));
    return wanted && verdict(this, keys, wanted, bytes);
  },
});
