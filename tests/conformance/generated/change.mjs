// Small changes of requests of the adapter protocol: of one field each, by what the field is.
import { changeBytes, changeList, changeText } from './texts.mjs';

// An adapter reads these itself; to change them would ask another question, or none.
const FIXED = new Set(['op', 'id', 'store', 'task', 'request', 'server', 'fallback']);

// Names that the adapters turn into values of their language: any other text is no question. They only change to one that a vector has.
// So does how often an adapter repeats a body: any other number may be more than its memory holds.
const NAMES = /^(scheme|profile|mode|encoding|environment|platform|hash_algo|failure|phase|id|step|times)$/;
// What is signed, sent or received is changed more often than what is set up.
const OFTEN = { query: 8, queries: 8, body_base64: 8, headers: 8, token: 8, url: 4, events: 4, now_ms: 4, reply: 4, fields: 4 };

// The ends of what clocks and date types hold, as far as every JSON reader keeps the number.
const TIMES = [
  0, 1, -1, 999, 1000, 2 ** 31 * 1000 - 1, 2 ** 31 * 1000, 2 ** 32 * 1000, 253_402_300_799_999, 253_402_300_800_000, -62_135_596_800_000, -62_135_596_800_001,
  8_640_000_000_000_000, 8_640_000_000_000_001, 9_000_000_000_000_000, -9_000_000_000_000_000,
];
// The windows that schemes and profiles have, in milliseconds.
const WINDOWS = [1, 30_000, 60_000, 120_000, 180_000, 240_000, 300_000, 600_000, 900_000, 86_400_000];
const COUNTS = [0, 1, 2, 59, 60, 240, 300, 301, 3600, 86_400, 65_535, 65_536, 2 ** 31 - 1];

/** All places of a value that can be changed, each as the list of its keys. */
function places(value, path) {
  if (value === null || typeof value !== 'object') return [path];
  return [path, ...Object.keys(value).flatMap((key) => places(value[key], [...path, key]))];
}

/** The values that stand in the vectors at the same place of the same question: what one side of a difference may have been made for. */
export class Dictionary {
  #values = new Map();
  // The fields that an object at a place was seen to do without.
  #optional = new Set();

  constructor(requests) {
    for (const request of requests) {
      for (const path of Object.keys(request).flatMap((field) => places(request[field], [field]))) {
        const name = this.#name(request, path);
        if (!this.#values.has(name)) this.#values.set(name, new Map());
        const value = path.reduce((inner, key) => inner[key], request);
        this.#values.get(name).set(JSON.stringify(value), value);
      }
    }
    const objects = requests.flatMap((request) =>
      [[], ...Object.keys(request).flatMap((field) => places(request[field], [field]))]
        .map((path) => [this.#name(request, path), path.reduce((inner, key) => inner[key], request)])
        .filter(([, value]) => value !== null && typeof value === 'object' && !Array.isArray(value)),
    );
    const keys = new Map();
    for (const [name, value] of objects) keys.set(name, new Set([...(keys.get(name) ?? []), ...Object.keys(value)]));
    for (const [name, value] of objects) {
      for (const key of keys.get(name)) if (!(key in value)) this.#optional.add(`${name} ${key}`);
    }
    for (const [name, values] of this.#values) this.#values.set(name, [...values.values()]);
  }

  isOptional(request, path) {
    return this.#optional.has(this.#name(request, path));
  }

  at(request, path) {
    return this.#values.get(this.#name(request, path)) ?? [];
  }

  #name({ op }, path) {
    return [op, ...path.map((key) => (/^\d+$/.test(key) ? '*' : key))].join(' ');
  }
}

/** The request with one field changed. */
export function change(random, request, dictionary) {
  const fields = Object.keys(request).filter((name) => !FIXED.has(name));
  if (fields.length === 0) return request;
  const field = random.weighted(fields.map((name) => [name, OFTEN[name] ?? 1]));
  const path = random.pick(places(request[field], [field]));
  const changed = structuredClone(request);
  const last = path.at(-1);
  const parent = path.slice(0, -1).reduce((inner, key) => inner[key], changed);
  // A header is a pair, or it is no question.
  const isPair = field === 'headers' && path.length === 2;

  const seen = dictionary.at(request, path);
  if (seen.length > 1 && (NAMES.test(last) || isPair || random.chance(0.1))) parent[last] = structuredClone(random.pick(seen));
  else if (random.chance(0.05) && dictionary.isOptional(request, path)) delete parent[last];
  else if (!isPair && !NAMES.test(last)) parent[last] = changeValue(random, parent[last], last);
  return changed;
}

function changeValue(random, value, name) {
  if (Array.isArray(value)) return changeList(random, value);
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return changeNumber(random, value, name);
  if (typeof value !== 'string') return value;
  // The adapters read base64 by what their language brings, so it stays right: what it holds is changed.
  if (name.endsWith('_base64')) return changeBytes(random, Buffer.from(value, 'base64')).toString('base64');
  // Half a surrogate pair is no text.
  return changeText(random, value).toWellFormed();
}

function changeNumber(random, value, name) {
  if (/timeout|deadline|after|abort|idle/.test(name)) return Math.max(0, value + random.pick([-1000, -1, 1, 1000]));
  if (!name.endsWith('_ms')) return random.chance(0.5) ? random.pick(COUNTS) : Math.max(0, value + random.pick([-1, 1]));
  if (random.chance(0.15)) return random.pick(TIMES);
  const moved = value + random.pick([-1, 1]) * (random.pick(WINDOWS) + random.pick([-1, 0, 1]));
  return Math.abs(moved) <= Number.MAX_SAFE_INTEGER ? moved : value;
}
