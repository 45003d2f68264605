// Reading the fields of a request: an absent field is the binding's default, one of another type a bad request.

export class BadRequest extends Error {}

export class Fields {
  constructor(object) {
    this.object = object;
  }

  #get(name, fits) {
    const value = this.object[name];
    if (value === undefined || value === null) return undefined;
    if (!fits(value)) throw new BadRequest(name);
    return value;
  }

  #needed(value) {
    if (value === undefined) throw new BadRequest();
    return value;
  }

  textOpt = (name) => this.#get(name, (value) => typeof value === 'string');
  text = (name) => this.#needed(this.textOpt(name));
  intOpt = (name) => this.#get(name, Number.isSafeInteger);
  int = (name) => this.#needed(this.intOpt(name));
  flagOpt = (name) => this.#get(name, (value) => typeof value === 'boolean');
  list = (name) => this.#get(name, Array.isArray) ?? [];
  objectOpt = (name) => {
    const value = this.#get(name, isObject);
    return value && new Fields(value);
  };
  object_ = (name) => this.#needed(this.objectOpt(name));
  objects = (name) =>
    this.list(name).map((item) => {
      if (!isObject(item)) throw new BadRequest(name);
      return new Fields(item);
    });
  textsOpt = (name) => this.#get(name, (list) => Array.isArray(list) && list.every((item) => typeof item === 'string'));
  texts = (name) => this.textsOpt(name) ?? [];
  /** A number of at most 32 bits without sign. */
  countOpt = (name) => this.#get(name, (value) => Number.isSafeInteger(value) && value >= 0 && value <= 0xffffffff);
  /** Bytes in standard base64, with padding. */
  bytesOpt = (name) => {
    const text = this.textOpt(name);
    if (text === undefined) return undefined;
    let bytes;
    try {
      bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    } catch {
      throw new BadRequest(name);
    }
    if (base64(bytes) !== text) throw new BadRequest(name);
    return bytes;
  };
  bytes = (name) => this.#needed(this.bytesOpt(name));
}

export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Bytes as the characters of the same numbers. */
export const latin1 = (bytes) => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
};
export const base64 = (bytes) => btoa(latin1(bytes));

/** Without what is absent. */
export const present = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null));

/** One of a few names. */
export function one(name, names) {
  if (!Object.hasOwn(names, name)) throw new BadRequest(name);
  return names[name];
}
