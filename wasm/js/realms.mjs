// Whether a value of any realm is of a kind. `instanceof`, which the glue asks, says no to what comes from another one: so does the module in
// Next.js' edge runtime, and every array of bytes where a test runner has a DOM of its own.
const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
const getter = (prototype, name) => Object.getOwnPropertyDescriptor(prototype, name).get;
const kindOf = getter(typedArray, Symbol.toStringTag);
const byteLength = getter(ArrayBuffer.prototype, 'byteLength');

export const isUint8Array = (value) => kindOf.call(value) === 'Uint8Array';

/** A `SharedArrayBuffer` is none. */
export function isArrayBuffer(value) {
  try {
    byteLength.call(value);
    return true;
  } catch {
    return false;
  }
}

// Nothing but the tag tells these; what only says that it is one, the engine refuses.
const tagged = (tag) => (value) => Object.prototype.toString.call(value) === `[object ${tag}]`;
export const isModule = tagged('WebAssembly.Module');
export const isInstance = tagged('WebAssembly.Instance');
