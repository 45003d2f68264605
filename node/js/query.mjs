// Signed queries.
import native from './native.cjs';
import { CountermarkError, isRefusal, translated, translatedClass } from './errors.mjs';
import { numberOf, texts } from './record.mjs';
import { Accepted, Refused } from './result.mjs';

const Native = translatedClass(native.QueryVerifier);
const Signer = translatedClass(native.QuerySigner);

export class SignedQueryVerifier {
  #native;

  constructor(config) {
    this.#native = new Native(config);
  }

  verify(query, nowMs = Date.now()) {
    const record = this.#native.verify(query, nowMs);
    if (isRefusal(record)) throw new CountermarkError(record);
    return new VerifiedQuery(this.#native, record, query, nowMs);
  }

  tryVerify(query, nowMs = Date.now()) {
    const record = this.#native.verify(query, nowMs);
    return isRefusal(record) ? new Refused(record) : new Accepted(new VerifiedQuery(this.#native, record, query, nowMs));
  }
}

/** Where the fields begin in a record. */
const FIELDS = 7;

/** Its texts are taken apart when they are asked for. */
class VerifiedQuery {
  #native;
  #record;
  #query;
  #nowMs;
  #texts;

  constructor(verifier, record, query, nowMs) {
    this.#native = verifier;
    this.#record = record;
    this.#query = query;
    this.#nowMs = nowMs;
  }

  get #parts() {
    return (this.#texts ??= texts(this.#record));
  }

  get(name) {
    const parts = this.#parts;
    for (let at = FIELDS; at < parts.length; at += 2) {
      if (parts[at] === name) return parts[at + 1];
    }
    return undefined;
  }

  get pairs() {
    const pairs = [];
    for (let at = FIELDS; at < this.#parts.length; at += 2) pairs.push([this.#parts[at], this.#parts[at + 1]]);
    return pairs;
  }

  get keyId() {
    return this.#parts[0];
  }

  get algorithm() {
    return this.#parts[1];
  }

  get signedAtMs() {
    return numberOf(this.#parts[2]);
  }

  get replayKey() {
    return this.#parts[3];
  }

  get replayUntilMs() {
    return numberOf(this.#parts[4]);
  }

  get tenant() {
    return this.#parts[5];
  }

  get claimedEmail() {
    return this.#parts[6];
  }

  // The native library keeps nothing of a query, so what is rarely asked for is worked out from it again.

  checkProfile(expectedFirst, expectedLast) {
    return this.#native.checkProfile(this.#query, this.#nowMs, expectedFirst, expectedLast);
  }

  checkKnownEmails(known) {
    return this.#native.checkKnownEmails(this.#query, this.#nowMs, known);
  }

  ambiguousEmails() {
    return this.#native.ambiguousEmails(this.#query, this.#nowMs);
  }
}

export class SignedQuerySigner {
  #native;

  constructor(config) {
    this.#native = new Signer(config);
  }

  sign(fields, { nowMs = Date.now(), entropy = crypto.getRandomValues(new Uint8Array(16)) } = {}) {
    return this.#native.sign(Array.isArray(fields) ? fields : Object.entries(fields), nowMs, entropy);
  }
}
