// Signed queries.
import native from './native.cjs';
import { CountermarkError, translate, translatedClass } from './errors.mjs';
import { countOf, numberOf, textOf } from './record.mjs';
import { Accepted, Refused } from './result.mjs';

const Native = translatedClass(native.QueryVerifier);

export class SignedQueryVerifier {
  #verifier;

  constructor(config) {
    this.#verifier = new Verifier(config);
  }

  verify(query, nowMs = Date.now()) {
    const answer = this.#verifier.verify(query, nowMs);
    if (typeof answer === 'string') throw new CountermarkError(answer);
    return new VerifiedQuery(this.#verifier, answer, query, nowMs);
  }

  tryVerify(query, nowMs = Date.now()) {
    const answer = this.#verifier.verify(query, nowMs);
    return typeof answer === 'string' ? new Refused(answer) : new Accepted(new VerifiedQuery(this.#verifier, answer, query, nowMs));
  }
}

/** The native verifier and its hot calls. */
class Verifier {
  #hot;
  #reader;

  constructor(config) {
    this.native = new Native(config);
    this.#hot = this.native.verify();
    this.#reader = this.native.reader();
  }

  /** A ticket, or the text of an error. */
  verify(query, nowMs) {
    try {
      return this.#hot(query, nowMs);
    } catch (thrown) {
      throw translate(thrown);
    }
  }

  /** The record of what was verified. */
  read(ticket, query, nowMs) {
    try {
      return this.#reader(ticket, query, nowMs);
    } catch (thrown) {
      throw translate(thrown);
    }
  }
}

/** Where the fields begin in a record. */
const FIELDS = 7;

/** Its texts come over when the first is asked for. */
class VerifiedQuery {
  #verifier;
  #ticket;
  #query;
  #nowMs;
  #record;

  constructor(verifier, ticket, query, nowMs) {
    this.#verifier = verifier;
    this.#ticket = ticket;
    // It is verified again when it is read: an array of the caller may hold another query by then.
    this.#query = typeof query === 'string' ? query : new Uint8Array(query);
    this.#nowMs = nowMs;
  }

  get #proved() {
    return (this.#record ??= this.#verifier.read(this.#ticket, this.#query, this.#nowMs));
  }

  get(name) {
    const record = this.#proved;
    for (let at = FIELDS; at < countOf(record); at += 2) {
      if (textOf(record, at) === name) return textOf(record, at + 1);
    }
    return undefined;
  }

  get pairs() {
    const record = this.#proved;
    const pairs = [];
    for (let at = FIELDS; at < countOf(record); at += 2) pairs.push([textOf(record, at), textOf(record, at + 1)]);
    return pairs;
  }

  get keyId() {
    return textOf(this.#proved, 0);
  }

  get algorithm() {
    return textOf(this.#proved, 1);
  }

  get signedAtMs() {
    return numberOf(this.#proved, 2);
  }

  get replayKey() {
    return textOf(this.#proved, 3);
  }

  get replayUntilMs() {
    return numberOf(this.#proved, 4);
  }

  get tenant() {
    return textOf(this.#proved, 5);
  }

  get claimedEmail() {
    return textOf(this.#proved, 6);
  }

  // The native library keeps nothing of a query, so what is rarely asked for is worked out from it again.

  checkProfile(expectedFirst, expectedLast) {
    return this.#verifier.native.checkProfile(this.#query, this.#nowMs, expectedFirst, expectedLast);
  }

  checkKnownEmails(known) {
    return this.#verifier.native.checkKnownEmails(this.#query, this.#nowMs, known);
  }

  ambiguousEmails() {
    return this.#verifier.native.ambiguousEmails(this.#query, this.#nowMs);
  }
}
