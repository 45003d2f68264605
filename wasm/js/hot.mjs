// The hot calls, whose arguments go into a buffer in the module's memory and whose verdicts come back as numbers: handing over a
// text the usual way takes five times as long. The methods here have the shape of those of the Node addon.
import { LONG, hmac, keyOf } from './outside.mjs';
import { QueryVerifier, WebhookVerifier, moduleMemory, refusal, scratch } from './countermark.js';

const utf8 = new TextEncoder();
/** A longer buffer is given back after its call. */
const KEPT = 64 * 1024;
/** The buffer. It is empty before the first call, and whenever the memory has grown. */
let view = new Uint8Array();

function reserve(length) {
  const at = scratch(length);
  view = new Uint8Array(moduleMemory().buffer, at, length);
}

function put(data, at) {
  if (typeof data !== 'string') {
    view.set(data, at);
    return data.length;
  }
  return utf8.encodeInto(data, at === 0 ? view : view.subarray(at)).written;
}

/** The most bytes that it can take. Long texts are encoded at once, so as not to reserve three times their length. */
const roomOf = (data) => (typeof data === 'string' ? 3 * data.length : data.length);
const shortened = (data) => (typeof data === 'string' && data.length > KEPT ? utf8.encode(data) : data);

function data(value) {
  if (typeof value === 'string') return shortened(value);
  // What threads share, another one could write after it was verified.
  const isOwn = ArrayBuffer.isView(value) && value[Symbol.toStringTag] === 'Uint8Array' && value.buffer[Symbol.toStringTag] === 'ArrayBuffer';
  if (!isOwn) throw new TypeError('a string or a Uint8Array');
  return value;
}

function time(value) {
  if (Number.isSafeInteger(value)) return value;
  throw new TypeError('a whole number');
}

/** Runs a call that finds its arguments in the buffer. */
function withRoom(room, call) {
  if (view.length < room || view.length === 0) reserve(Math.max(room, KEPT));
  const verdict = call();
  if (view.length > KEPT) reserve(KEPT);
  return verdict;
}

/** A ticket, or the text of an error. */
const answerOf = (verdict) => (verdict === 0 ? refusal() : verdict);

function verifyQuery(verifier, query, nowMs) {
  const given = data(query);
  const at = time(nowMs);
  return answerOf(withRoom(roomOf(given), () => verifier.verifyScratch(put(given, 0), at)));
}

Object.assign(QueryVerifier.prototype, {
  verify() {
    return (query, nowMs) => verifyQuery(this, query, nowMs);
  },

  /** What a ticket was given for; if that is gone, what verifying again gives. */
  reader() {
    return (ticket, query, nowMs) => {
      const record = this.take(ticket);
      if (record !== undefined) return record;
      const again = verifyQuery(this, query, nowMs);
      if (typeof again === 'string') throw new Error(again);
      return this.take(again);
    };
  },
});

/** The headers of these names that have a value: names and values in turn, and how many. */
function lines(names, values) {
  let text = '';
  let count = 0;
  for (let at = 0; at < names.length; at++) {
    if (values[at] === undefined) continue;
    text += `${count === 0 ? '' : '\n'}${names[at]}\n${values[at]}`;
    count++;
  }
  return { text: shortened(text), count };
}

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

async function verifyOutside(verifier, request, body, nowMs) {
  const given = typeof body === 'string' ? utf8.encode(body) : data(body);
  const wanted = outsideOf(verifier, request, given.length, nowMs);
  if (wanted === undefined) return undefined;
  if (wanted.refused !== undefined) return wanted.refused;
  const known = keysOf(verifier);
  const keys = known instanceof Promise ? await known : known;
  if (keys === REFUSED) return undefined;
  let macs;
  try {
    macs = wanted.keys.map((place) => hmac(keys[place], wanted, given));
    // Where the platform answers at once, nothing waits.
    if (macs.some((mac) => mac instanceof Promise)) macs = await Promise.all(macs);
  } catch {
    outsideKeys.set(verifier, REFUSED);
    return undefined;
  }
  return wanted.judge(macs);
}

Object.assign(WebhookVerifier.prototype, {
  verify() {
    const names = this.headerNames;
    return (body, nowMs, ...values) => {
      const { text, count } = lines(names, values);
      const given = data(body);
      const at = time(nowMs);
      const verdict = withRoom(roomOf(text) + roomOf(given), () => {
        const end = put(text, 0);
        return this.verifyScratch(end, put(given, end), count, at);
      });
      return verdict < 0 ? undefined : answerOf(verdict);
    };
  },

  /** The verdict with the platform's HMACs, as a promise of it or of nothing where the body has to be seen; nothing where it is short. */
  verifyOutside(request, body, nowMs) {
    return body?.length >= LONG ? verifyOutside(this, request(), body, nowMs) : undefined;
  },

  verifyList(request, body, nowMs) {
    return answerOf(this.verifyAny(request, data(body), nowMs));
  },

  reader() {
    return (ticket) => this.take(ticket);
  },
});
