// Signed queries.
import native from './native.cjs';
import { CountermarkError, translate, translatedClass } from './errors.mjs';
import { numberOf, texts } from './record.mjs';
import { Accepted, Refused } from './result.mjs';

const Native = translatedClass(native.QueryVerifier, 'verify');
const Signer = translatedClass(native.QuerySigner);

export class SignedQueryVerifier {
  #native;

  constructor(config) {
    this.#native = new Native(config);
  }

  verify(query, nowMs = Date.now()) {
    const answer = this.#verify(query, nowMs);
    if (typeof answer === 'string') throw new CountermarkError(answer);
    return new VerifiedQuery(this.#native, answer, query, nowMs);
  }

  tryVerify(query, nowMs = Date.now()) {
    const answer = this.#verify(query, nowMs);
    return typeof answer === 'string' ? new Refused(answer) : new Accepted(new VerifiedQuery(this.#native, answer, query, nowMs));
  }

  /** A ticket, or the text of an error. */
  #verify(query, nowMs) {
    try {
      return this.#native.verify(query, nowMs);
    } catch (thrown) {
      throw translate(thrown);
    }
  }
}

/** Where the fields begin in a record. */
const FIELDS = 7;

/** Its texts come over when the first is asked for. */
class VerifiedQuery {
  #native;
  #ticket;
  #query;
  #nowMs;
  #texts;

  constructor(verifier, ticket, query, nowMs) {
    this.#native = verifier;
    this.#ticket = ticket;
    this.#query = query;
    this.#nowMs = nowMs;
  }

  get #parts() {
    return (this.#texts ??= texts(this.#native.read(this.#ticket, this.#query, this.#nowMs)));
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
