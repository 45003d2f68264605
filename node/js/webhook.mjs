// Verifying webhooks.
import native from './native.cjs';
import { CountermarkError, translate, translatedClass } from './errors.mjs';
import { headerLines, nativeRequest } from './headers.mjs';
import { countOf, numberOf, textOf } from './record.mjs';
import { Accepted, Refused } from './result.mjs';

const Verifier = translatedClass(native.WebhookVerifier, 'verify', 'read');
const bytes = new TextEncoder();
const text = new TextDecoder('utf-8', { fatal: true });

export class WebhookVerifier {
  #native;

  constructor(config) {
    this.#native = new Verifier(config);
  }

  get unusableKeys() {
    return this.#native.unusableKeys;
  }

  verify(request, body, nowMs = Date.now()) {
    const answer = verdict(this.#native, request, body, nowMs);
    if (typeof answer === 'string') throw new CountermarkError(answer);
    return new VerifiedWebhook(this.#native, answer, request, body, nowMs);
  }

  tryVerify(request, body, nowMs = Date.now()) {
    const answer = verdict(this.#native, request, body, nowMs);
    return typeof answer === 'string' ? new Refused(answer) : new Accepted(new VerifiedWebhook(this.#native, answer, request, body, nowMs));
  }
}

/** A ticket, or the text of an error. */
function verdict(verifier, request, body, nowMs) {
  try {
    const lines = headerLines(request.headers);
    const { method, url, query } = request;
    return verifier.verify(lines.join('\n'), lines.length / 2, body, nowMs, method, url, query) ?? verifier.verifyList(nativeRequest(request), body, nowMs);
  } catch (thrown) {
    throw translate(thrown);
  }
}

/** Where the names of what is covered begin in a record. */
const COVERS = 7;

/** Its texts come over when the first is asked for. */
class VerifiedWebhook {
  #native;
  #ticket;
  #request;
  #given;
  #nowMs;
  #record;

  constructor(verifier, ticket, request, body, nowMs) {
    this.#native = verifier;
    this.#ticket = ticket;
    this.#request = request;
    this.#given = body;
    this.#nowMs = nowMs;
  }

  get #proved() {
    return (this.#record ??= this.#native.read(this.#ticket) ?? this.#again());
  }

  #again() {
    return this.#native.read(verdict(this.#native, this.#request, this.#given, this.#nowMs));
  }

  get #bytes() {
    return typeof this.#given === 'string' ? bytes.encode(this.#given) : this.#given;
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
    return this.#native.fields(nativeRequest(this.#request), this.#given, this.#nowMs);
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
