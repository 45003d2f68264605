// The hot calls, whose arguments go into a buffer in the module's memory and whose verdicts come back as numbers: handing over a
// text the usual way takes five times as long. The methods here have the shape of those of the Node addon.
import { QueryVerifier, WebhookVerifier, moduleMemory, refusal, scratch } from './countermark.js';

export const utf8 = new TextEncoder();
/** A longer buffer is given back after its call. */
export const KEPT = 64 * 1024;
/** The buffer. It is empty before the first call, and whenever the memory has grown. */
export let view = new Uint8Array();

export function reserve(length) {
  const at = scratch(length);
  view = new Uint8Array(moduleMemory().buffer, at, length);
}

export function put(data, at) {
  if (typeof data !== 'string') {
    view.set(data, at);
    return data.length;
  }
  return utf8.encodeInto(data, at === 0 ? view : view.subarray(at)).written;
}

/** The most bytes that it can take. Long texts are encoded at once, so as not to reserve three times their length. */
export const roomOf = (data) => (typeof data === 'string' ? 3 * data.length : data.length);
const shortened = (data) => (typeof data === 'string' && data.length > KEPT ? utf8.encode(data) : data);

export function data(value) {
  if (typeof value === 'string') return shortened(value);
  // What threads share, another one could write after it was verified.
  const isOwn = ArrayBuffer.isView(value) && value[Symbol.toStringTag] === 'Uint8Array' && value.buffer[Symbol.toStringTag] === 'ArrayBuffer';
  if (!isOwn) throw new TypeError('a string or a Uint8Array');
  return value;
}

export function time(value) {
  if (Number.isSafeInteger(value)) return value;
  throw new TypeError('a whole number');
}

/** Runs a call that finds its arguments in the buffer. */
export function withRoom(room, call) {
  if (view.length < room || view.length === 0) reserve(Math.max(room, KEPT));
  const verdict = call();
  if (view.length > KEPT) reserve(KEPT);
  return verdict;
}

/** A ticket, or the text of an error. */
export const answerOf = (verdict) => (verdict === 0 ? refusal() : verdict);

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
export function lines(names, values) {
  let text = '';
  let count = 0;
  for (let at = 0; at < names.length; at++) {
    if (values[at] === undefined) continue;
    text += `${count === 0 ? '' : '\n'}${names[at]}\n${values[at]}`;
    count++;
  }
  return { text: shortened(text), count };
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

  verifyList(request, body, nowMs) {
    return answerOf(this.verifyAny(request, data(body), nowMs));
  },

  reader() {
    return (ticket) => this.take(ticket);
  },
});
