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
    const bytes = Buffer.from(text, 'base64');
    if (bytes.toString('base64') !== text) throw new BadRequest(name);
    return new Uint8Array(bytes);
  };
  bytes = (name) => this.#needed(this.bytesOpt(name));
}

export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
export const base64 = (bytes) => Buffer.from(bytes).toString('base64');

/** Without what is absent. */
export const present = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null));

/** One of a few names. */
export function one(name, names) {
  if (!Object.hasOwn(names, name)) throw new BadRequest(name);
  return names[name];
}
