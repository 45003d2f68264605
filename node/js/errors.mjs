// Errors of the native library as `CountermarkError`. All texts and numbers are the table's.
import native from './native.cjs';

const BRAND = Symbol.for('countermark.error');
/** The row of a code. The table is read when the first error is made, since a WebAssembly module may not be there before. */
let table;
const rowOf = (code) => (table ??= new Map(native.listErrors().map((row) => [`CM_${row.name}`, row]))).get(code);

export class CountermarkError extends Error {
  /** @param {string} text what the native library gives: code, message, detail, and what a server stated */
  constructor(text, options) {
    const [code, message, detail, serverError, serverCode, ...serverMessage] = text.split('\x1f');
    const row = rowOf(code);
    super(message || [row?.message, detail].filter(Boolean).join(': '), options);
    this.code = code;
    this.number = row?.number ?? 0;
    this.retryable = row?.retryable ?? false;
    this.class = row?.class;
    this.httpStatus = row?.httpStatus;
    this.publicMessage = row?.publicMessage;
    this.hint = row?.hint;
    if (detail) this.detail = detail;
    if (serverError !== undefined) {
      this.server = { error: serverError, code: serverCode || undefined, message: serverMessage.join('\x1f') || undefined };
    }
  }

  get name() {
    return 'CountermarkError';
  }

  get [BRAND]() {
    return true;
  }

  /** Errors of another copy of this package, such as that for `require`, are errors too. */
  static [Symbol.hasInstance](value) {
    return value?.[BRAND] === true;
  }
}

/** Whether it is an error text of the native library. */
const isRefusal = (text) => typeof text === 'string' && text.startsWith('CM_');

/**
 * Whether it is an error of any realm. The addon makes its errors and promises in the main one, and `instanceof` knows only its own: Jest
 * runs every file of tests in another. `node:util` would know too, but a browser has none.
 */
export const isError = (value) => value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';

/** What a native call threw, as the users of this package see it. */
export function translate(thrown) {
  if (thrown instanceof CountermarkError || !isError(thrown)) return thrown;
  if (isRefusal(thrown.message)) return new CountermarkError(thrown.message);
  // A panic, of the addon or of a WebAssembly module; everything else is thrown where an argument was converted, or by a getter of it.
  const code = thrown.code === 'GenericFailure' || thrown.name === 'RuntimeError' ? 'CM_INTERNAL' : 'CM_INVALID_INPUT';
  return new CountermarkError(code, { cause: thrown });
}

/** Makes a function of the native library throw, or reject with, `CountermarkError`. */
export function translated(call) {
  return function (...args) {
    let result;
    try {
      result = call.apply(this, args);
    } catch (thrown) {
      throw translate(thrown);
    }
    // A promise, of any realm: nothing else that the native library gives can be waited for.
    return typeof result?.then === 'function' ? result.then(undefined, (thrown) => Promise.reject(translate(thrown))) : result;
  };
}

/** The same for all that a native class can do. A method that is called on another object is refused before it gets there. */
export function translatedClass(Native) {
  const guarded = (call) => {
    const inner = translated(call);
    return function (...args) {
      if (!(this instanceof Native)) throw new CountermarkError('CM_INVALID_INPUT');
      return inner.apply(this, args);
    };
  };
  Native[MADE] ??= members(Native.prototype);
  for (const [name, made] of Native[MADE]) {
    const descriptor = { ...made };
    for (const kind of ['value', 'get']) {
      if (descriptor[kind]) descriptor[kind] = guarded(descriptor[kind]);
    }
    Object.defineProperty(Native.prototype, name, descriptor);
  }
  const construct = translated(Reflect.construct);
  const Translated = { [Native.name]: function (...args) { return construct(Native, args); } }[Native.name];
  Translated.prototype = Native.prototype;
  for (const [name, { value }] of members(Native)) {
    if (typeof value === 'function') Translated[name] = translated(value);
  }
  Object.defineProperty(Native.prototype, 'constructor', { value: Translated });
  return Translated;
}

/**
 * The members as they were made. Every copy of this package meets the same class, one for each realm that loads it: the last takes the members
 * over from the one before, and does not wrap them again, or else their errors would be those of a realm that is gone.
 */
const MADE = Symbol.for('countermark.made');

const OWN = ['constructor', 'length', 'name', 'prototype'];
const members = (object) => Object.entries(Object.getOwnPropertyDescriptors(object)).filter(([name]) => !OWN.includes(name));
