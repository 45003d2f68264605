// Headers in any of the forms that servers hand out: Node's `rawHeaders`, a list of pairs, `Headers`, a `Map`, or an object whose
// values are texts or lists of texts.
import { CountermarkError, translated } from './errors.mjs';

/** Names and values in turn. */
export function headerList(headers) {
  let list = [];
  if (Array.isArray(headers) && typeof headers[0] === 'string') {
    list = headers.slice();
  } else if (typeof headers?.[Symbol.iterator] === 'function') {
    for (const [name, value] of headers) list.push(name, value);
  } else {
    for (const [name, value] of Object.entries(headers ?? {})) {
      for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined && one !== null) list.push(name, one);
    }
  }
  if (list.length % 2 !== 0 || !list.every((text) => typeof text === 'string')) throw new CountermarkError('CM_INVALID_INPUT\x1f\x1fheaders');
  return list;
}

/** A request as the native library takes it where speed does not matter. */
export const nativeRequest = translated(({ method, url, query, headers }) => ({ method, url, query, headers: headerList(headers) }));

/**
 * Finds the few headers that a verifier reads: a text takes 30 ns to cross, and a request has twenty headers.
 */
export class HeaderPicker {
  /** What is looked for, by length and first letter, so that most headers cost one look. */
  #table = new Array(1024).fill(undefined);

  /** One for these names; none where they are more than the hot call takes, or the request chooses some (`Name-#`). */
  static of(names) {
    return names.length > 6 || names.some((name) => name.endsWith('#')) ? undefined : new HeaderPicker(names);
  }

  constructor(names) {
    names.forEach((name, slot) => {
      const wanted = (this.#table[place(name)] ??= []);
      // As Node and as vendors write it. Names of properties are compared by address, so these become some.
      for (const spelling of Object.keys({ [name.toLowerCase()]: 0, [name]: 0 })) wanted.push({ spelling, slot });
    });
  }

  /** The values in the order of the names; `undefined` where anything is unusual, such as a repeated header: then take all. */
  pick(headers) {
    const values = [undefined, undefined, undefined, undefined, undefined, undefined];
    const table = this.#table;
    if (Array.isArray(headers) && typeof headers[0] === 'string') {
      if (headers.length % 2 !== 0) return undefined;
      for (let at = 0; at < headers.length; at += 2) {
        const wanted = table[place(headers[at])];
        if (wanted !== undefined && !take(wanted, headers[at], headers[at + 1], values)) return undefined;
      }
    } else if (Array.isArray(headers)) {
      for (const [name, value] of headers) {
        const wanted = table[place(name)];
        if (wanted !== undefined && !take(wanted, name, value, values)) return undefined;
      }
    } else {
      if (typeof headers?.[Symbol.iterator] === 'function') return undefined;
      for (const name in headers) {
        const wanted = table[place(name)];
        if (wanted !== undefined && !(hasOwnProperty.call(headers, name) && take(wanted, name, headers[name], values))) return undefined;
      }
    }
    return values;
  }
}

// In a loop over the names of an object V8 compiles it, unlike `Object.hasOwn`, to no call.
const { hasOwnProperty } = Object.prototype;

const place = (name) => ((name.length & 31) << 5) | (name.charCodeAt(0) & 31);

/** Puts a value where it belongs; `false` if it is not as plain as that. */
function take(wanted, name, value, values) {
  for (let at = 0; at < wanted.length; at++) {
    const { spelling, slot } = wanted[at];
    if (spelling !== name) continue;
    if (typeof value !== 'string' || values[slot] !== undefined) return false;
    values[slot] = value;
    return true;
  }
  const lower = name.toLowerCase();
  return !wanted.some(({ spelling }) => spelling === lower);
}
