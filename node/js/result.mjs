// What `tryVerify` gives: no exception, and no error object before somebody asks for it.
import { CountermarkError } from './errors.mjs';

export class Accepted {
  constructor(value) {
    this.value = value;
  }

  get ok() {
    return true;
  }
}

export class Refused {
  #text;
  #error;

  constructor(text) {
    this.#text = text;
  }

  get ok() {
    return false;
  }

  get code() {
    return this.#text.split('\x1f', 1)[0];
  }

  get error() {
    return (this.#error ??= new CountermarkError(this.#text));
  }
}
