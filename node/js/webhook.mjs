// Webhooks: verify, sign, explain, and what to answer.
import native from './native.cjs';
import { CountermarkError, isRefusal, translated, translatedClass } from './errors.mjs';
import { forEachHeader, nativeRequest } from './headers.mjs';
import { numberOf, texts } from './record.mjs';
import { Accepted, Refused } from './result.mjs';

const Verifier = translatedClass(native.WebhookVerifier);
const Signer = translatedClass(native.WebhookSigner);
const Explainer = translatedClass(native.WebhookExplainer);
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
    const record = this.#record(request, body, nowMs);
    if (isRefusal(record)) throw new CountermarkError(record);
    return new VerifiedWebhook(this.#native, record, request, body, nowMs);
  }

  tryVerify(request, body, nowMs = Date.now()) {
    const record = this.#record(request, body, nowMs);
    return isRefusal(record) ? new Refused(record) : new Accepted(new VerifiedWebhook(this.#native, record, request, body, nowMs));
  }

  /** All headers go over as one string, since one string takes 100 ns and an array with twenty of them microseconds. */
  #record(request, body, nowMs) {
    let headers = '';
    let count = 0;
    forEachHeader(request.headers, (name, value) => {
      headers += name + '\n' + value + '\n';
      count += 2;
    });
    const { method, url, query } = request;
    return this.#native.verify(headers, count, body, nowMs, method, url, query) ?? this.#native.verifyList(nativeRequest(request), body, nowMs);
  }
}

/** Its texts are taken apart when they are asked for. */
class VerifiedWebhook {
  #native;
  #record;
  #request;
  #given;
  #nowMs;
  #texts;

  constructor(verifier, record, request, body, nowMs) {
    this.#native = verifier;
    this.#record = record;
    this.#request = request;
    this.#given = body;
    this.#nowMs = nowMs;
  }

  get #parts() {
    return (this.#texts ??= texts(this.#record));
  }

  get #bytes() {
    return typeof this.#given === 'string' ? bytes.encode(this.#given) : this.#given;
  }

  get scheme() {
    return this.#parts[0];
  }

  get keyId() {
    return this.#parts[1];
  }

  get messageId() {
    return this.#parts[2];
  }

  get timestampMs() {
    return numberOf(this.#parts[3]);
  }

  get replayKey() {
    return this.#parts[4];
  }

  get replayUntilMs() {
    return numberOf(this.#parts[5]);
  }

  get coversBody() {
    return this.#parts[6] !== '';
  }

  get covers() {
    return this.#parts.slice(7);
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

export class WebhookSigner {
  #native;

  constructor(config) {
    this.#native = new Signer(config);
  }

  sign(request, body, { messageId, nowMs = Date.now() } = {}) {
    return this.#native.sign(nativeRequest(request), body, messageId, nowMs);
  }
}

export class WebhookExplainer {
  #native;

  constructor(config) {
    this.#native = new Explainer(config);
  }

  explain(request, body, nowMs = Date.now()) {
    return this.#native.explain(nativeRequest(request), body, nowMs);
  }
}

const answer = translated(native.answerWebhookHandshake);
const status = translated(native.webhookErrorStatus);

export const answerWebhookHandshake = (scheme, request, body, secret) => answer(scheme, secret, nativeRequest(request), body);
export const webhookErrorStatus = (scheme, error) => status(scheme, error.number);
export const webhookHandshakeSecret = translated(native.webhookHandshakeSecret);
export const webhookHandshakeOrder = translated(native.webhookHandshakeOrder);
export const webhookSuccess = translated(native.webhookSuccess);
export const listSchemes = translated(native.listSchemes);
export const listCauses = translated(native.listCauses);
