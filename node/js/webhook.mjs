// Verifying webhooks.
import native from './native.cjs';
import { CountermarkError, translate, translatedClass } from './errors.mjs';
import { HeaderPicker, nativeRequest } from './headers.mjs';
import { countOf, numberOf, textOf } from './record.mjs';
import { Accepted, Refused } from './result.mjs';

const Native = translatedClass(native.WebhookVerifier);
const bytes = new TextEncoder();
const text = new TextDecoder('utf-8', { fatal: true });

export class WebhookVerifier {
  #verifier;

  constructor(config) {
    this.#verifier = new Verifier(config);
  }

  get unusableKeys() {
    return this.#verifier.native.unusableKeys;
  }

  get needsKeep() {
    return this.#verifier.native.needsKeep;
  }

  siteOrigin(origin) {
    // What is no text is no origin: no more than an empty one.
    return this.#verifier.native.siteOrigin(typeof (origin ?? '') === 'string' ? (origin ?? undefined) : '');
  }

  verify(request, body, nowMs = Date.now()) {
    const given = this.#verifier.take(request);
    const answer = this.#verifier.verify(given, body, nowMs);
    if (typeof answer === 'string') throw new CountermarkError(answer);
    return new VerifiedWebhook(this.#verifier, answer, given, body, nowMs);
  }

  async verifyAsync(request, body, nowMs = Date.now()) {
    const given = this.#verifier.take(request);
    let answer = this.#verifier.verifyOutside(given, body, nowMs);
    if (typeof answer === 'object') answer = await answer;
    answer ??= this.#verifier.verify(given, body, nowMs);
    if (typeof answer === 'string') throw new CountermarkError(answer);
    return new VerifiedWebhook(this.#verifier, answer, given, body, nowMs);
  }

  tryVerify(request, body, nowMs = Date.now()) {
    const given = this.#verifier.take(request);
    const answer = this.#verifier.verify(given, body, nowMs);
    if (typeof answer === 'string') return new Refused(answer);
    return new Accepted(new VerifiedWebhook(this.#verifier, answer, given, body, nowMs));
  }
}

/** The native verifier and its hot calls. */
class Verifier {
  #hot;
  #reader;
  #names;
  #picker;

  constructor(config) {
    this.native = new Native(config);
    this.#names = this.native.headerNames;
    this.#picker = HeaderPicker.of(this.#names);
    this.#hot = this.native.verify();
    this.#reader = this.native.reader();
  }

  /** What it reads of a request: the values of a few headers, or else all of it. */
  take(request) {
    try {
      const { headers, method, url, query } = request;
      const values = method === undefined && url === undefined && query === undefined ? this.#picker?.pick(headers) : undefined;
      return values ?? nativeRequest(request);
    } catch (thrown) {
      throw translate(thrown);
    }
  }

  /** A ticket, or the text of an error. */
  verify(given, body, nowMs) {
    if (!Array.isArray(given)) return this.native.verifyList(given, body, nowMs);
    try {
      return this.#hot(body, nowMs, given[0], given[1], given[2], given[3], given[4], given[5]) ?? this.native.verifyList(this.listed(given), body, nowMs);
    } catch (thrown) {
      throw translate(thrown);
    }
  }

  /** The record of what was verified; `undefined` when something else was since. */
  read(ticket) {
    try {
      return this.#reader(ticket);
    } catch (thrown) {
      throw translate(thrown);
    }
  }

  /** The verdict, or a promise of it, on a body that the platform hashes faster than WebAssembly does; the addon leaves it none. */
  verifyOutside(given, body, nowMs) {
    return this.native.verifyOutside?.(this.#names, given, () => this.listed(given), body, nowMs);
  }

  /** What was taken, as a list. */
  listed(given) {
    if (!Array.isArray(given)) return given;
    const pairs = this.#names.map((name, slot) => [name, given[slot]]);
    return { headers: pairs.filter(([, value]) => value !== undefined).flat() };
  }
}

/** Where the names of what is covered begin in a record. */
const COVERS = 7;

/** Its texts come over when the first is asked for. */
class VerifiedWebhook {
  #verifier;
  #ticket;
  #given;
  #body;
  #nowMs;
  #record;

  constructor(verifier, ticket, given, body, nowMs) {
    this.#verifier = verifier;
    this.#ticket = ticket;
    this.#given = given;
    this.#body = body;
    this.#nowMs = nowMs;
  }

  get #proved() {
    return (this.#record ??= this.#verifier.read(this.#ticket) ?? this.#again());
  }

  #again() {
    const answer = this.#verifier.verify(this.#given, this.#body, this.#nowMs);
    if (typeof answer === 'string') throw new CountermarkError(answer);
    return this.#verifier.read(answer);
  }

  get #bytes() {
    return typeof this.#body === 'string' ? bytes.encode(this.#body) : this.#body;
  }

  get scheme() {
    return textOf(this.#proved, 0);
  }

  get keyId() {
    return textOf(this.#proved, 1);
  }

  get messageId() {
    return textOf(this.#proved, 2);
  }

  get timestampMs() {
    return numberOf(this.#proved, 3);
  }

  get replayKey() {
    return textOf(this.#proved, 4);
  }

  get replayUntilMs() {
    return numberOf(this.#proved, 5);
  }

  get coversBody() {
    return textOf(this.#proved, 6) !== '';
  }

  get covers() {
    const record = this.#proved;
    return Array.from({ length: countOf(record) - COVERS }, (_, at) => textOf(record, COVERS + at));
  }

  get fields() {
    return this.#verifier.native.fields(this.#verifier.listed(this.#given), this.#body, this.#nowMs);
  }

  get body() {
    return this.coversBody ? this.#bytes : new Uint8Array();
  }

  get unsignedBody() {
    return this.coversBody ? new Uint8Array() : this.#bytes;
  }

  text() {
    return text.decode(this.body);
  }

  json() {
    return JSON.parse(this.text());
  }
}
