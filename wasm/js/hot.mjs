// The hot calls, whose arguments go into a buffer in the module's memory and whose verdicts come back as numbers: handing over a
// text the usual way takes five times as long. The methods here have the shape of those of the Node addon.
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

/** A text that may be absent, and then has a negative length. */
const putOptional = (text, at) => (text === undefined || text === null ? -1 : put(text, at));

/** The most bytes that it can take. Long texts are encoded at once, so as not to reserve three times their length. */
const roomOf = (data) => (typeof data === 'string' ? 3 * data.length : data.length);
const shortened = (data) => (typeof data === 'string' && data.length > KEPT ? utf8.encode(data) : data);

function data(value) {
  if (typeof value === 'string' || (ArrayBuffer.isView(value) && value[Symbol.toStringTag] === 'Uint8Array')) return shortened(value);
  throw new TypeError('a string or a Uint8Array');
}

function optionalText(value) {
  if (value === undefined || value === null || typeof value === 'string') return value;
  throw new TypeError('a string');
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

Object.assign(QueryVerifier.prototype, {
  verify(query, nowMs) {
    const given = data(query);
    const at = time(nowMs);
    return answerOf(withRoom(roomOf(given), () => this.verifyScratch(put(given, 0), at)));
  },

  /** What a ticket was given for; if that is gone, what verifying again gives. */
  read(ticket, query, nowMs) {
    const record = this.take(ticket);
    if (record !== undefined) return record;
    const again = this.verify(query, nowMs);
    if (typeof again === 'string') throw new Error(again);
    return this.take(again);
  },
});

Object.assign(WebhookVerifier.prototype, {
  verify(headers, count, body, nowMs, method, url, query) {
    const texts = shortened(headers);
    const given = data(body);
    const at = time(nowMs);
    const parts = [optionalText(method), optionalText(url), optionalText(query)];
    const room = parts.reduce((room, part) => room + roomOf(part ?? ''), roomOf(texts) + roomOf(given));
    const verdict = withRoom(room, () => {
      const first = put(texts, 0);
      let end = first;
      const lengths = parts.map((part) => {
        const length = putOptional(part, end);
        end += Math.max(length, 0);
        return length;
      });
      return this.verifyScratch(first, ...lengths, put(given, end), count, at);
    });
    return verdict < 0 ? undefined : answerOf(verdict);
  },

  verifyList(request, body, nowMs) {
    return answerOf(this.verifyAny(request, body, nowMs));
  },

  read(ticket) {
    return this.take(ticket);
  },
});
