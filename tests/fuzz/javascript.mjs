// Fuzzes the arguments of the Node addon and of the WebAssembly module: node tests/fuzz/javascript.mjs SECONDS [SEED]. See README.md.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { inspect, isDeepStrictEqual } from 'node:util';
import { calls as callsOf } from './calls.mjs';
import * as node from '../../node/js/index.mjs';
import { signQuery, signWebhook } from '../../node/js/testing.mjs';
import * as wasm from '../../wasm/full/file.mjs';

const seconds = Number(process.argv[2] ?? 10);
const seed = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));
const calls = callsOf({ signQuery, signWebhook });

const thrower = () => {
  throw new Error('mine');
};
const cyclic = [];
cyclic.push(cyclic);
// What a program may pass by mistake. Made anew for each call, since a getter or an iterator may be used up.
const STRANGE = {
  undefined: () => undefined,
  null: () => null,
  NaN: () => NaN,
  Infinity: () => Infinity,
  '-0': () => -0,
  half: () => 0.5,
  '2^53': () => 2 ** 53,
  '-2^63': () => -(2 ** 63),
  '1e300': () => 1e300,
  bigint: () => 10n ** 30n,
  true: () => true,
  symbol: () => Symbol('s'),
  function: () => thrower,
  array: () => [],
  'hole': () => new Array(3),
  cyclic: () => cyclic,
  object: () => ({}),
  'no prototype': () => Object.create(null),
  date: () => new Date(NaN),
  'String object': () => new String('text'),
  'throwing getter': () => Object.defineProperties({}, Object.fromEntries(['id', 'secret', 'headers', 'scheme', 'length', '0'].map((name) => [name, { get: thrower, enumerable: true }]))),
  'throwing toString': () => ({ toString: thrower, valueOf: thrower, [Symbol.toPrimitive]: thrower }),
  'throwing iterator': () => ({ [Symbol.iterator]: thrower }),
  'iterator of nonsense': () => ({ [Symbol.iterator]: () => ({ next: () => 1 }) }),
  'long length': () => ({ length: 2 ** 32 }),
  'throwing proxy': () => new Proxy({}, { get: thrower, ownKeys: thrower, has: thrower, getPrototypeOf: thrower }),
  'revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'detached bytes': () => {
    const bytes = new Uint8Array(8);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    return bytes;
  },
  'shared bytes': () => new Uint8Array(new SharedArrayBuffer(8)),
  'wide bytes': () => new Uint16Array(8),
  buffer: () => new ArrayBuffer(8),
  view: () => new DataView(new ArrayBuffer(8)),
  'lone surrogate': () => 'a\ud800b',
  'long text': () => 'a'.repeat(100_000),
  map: () => new Map([['x', 'y']]),
  headers: () => new Headers([['x-hub-signature-256', 'sha256=00']]),
  promise: () => Promise.resolve('x'),
};

/** Of them, those that stand for a wrong number, as which each shell must refuse them itself. */
const NUMBERS = new Set(['NaN', 'Infinity', '-0', 'half', '2^53', '-2^63', '1e300', 'bigint']);

const strange = fc.constantFrom(...Object.keys(STRANGE)).map((name) => ({ name, make: STRANGE[name] }));
const plain = fc
  .oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.integer(), fc.maxSafeInteger(), fc.double(), fc.uint8Array({ maxLength: 40 }), fc.webUrl(), fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 4 }), fc.json({ maxDepth: 2 }))
  .map((value) => ({ name: inspect(value), make: () => value }));
// A text with another part in its middle, so that most of it stays what it was.
const part = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(3), fc.string({ unit: 'binary', maxLength: 4 })).map(([at, away, text]) => ({
  name: `${away} characters replaced by ${inspect(text)}`,
  make: (old) => (typeof old === 'string' ? old.slice(0, Math.floor(at * old.length)) + text + old.slice(Math.floor(at * old.length) + away) : text),
}));
const change = fc.record({ at: fc.nat(1000), by: fc.oneof(strange, plain, part) }).map(({ at, by }) => ({ at, ...by, [fc.toStringMethod]: () => `${by.name} at ${at}` }));

/** The arguments with some value, of an argument or inside it, replaced. */
function replaced(args, { at, make }) {
  const places = [];
  const walk = (value) => {
    for (const name of Object.keys(value)) {
      places.push([value, name]);
      if (typeof value[name] === 'object' && value[name] !== null && !ArrayBuffer.isView(value[name])) walk(value[name]);
    }
  };
  const copy = structuredClone(args);
  walk(copy);
  const [holder, name] = places[at % places.length];
  holder[name] = make(holder[name]);
  return copy;
}

async function outcome(api, { args, run }, changes) {
  // The second is only made where the first left plain values.
  let given = args;
  for (const change of changes) {
    try {
      given = replaced(given, change);
    } catch {
      break;
    }
  }
  try {
    return { value: await run(api, ...given) };
  } catch (error) {
    // Where the shell itself reads an argument, JavaScript's own error says that it cannot be read.
    const isNumber = changes.every(({ name }) => NUMBERS.has(name));
    if ((error instanceof TypeError && !isNumber) || error?.message === 'mine') return { error: error.name };
    assert.ok(error instanceof node.CountermarkError, `not an error of the package: ${inspect(error)}`);
    assert.notEqual(error.code, 'CM_INTERNAL', inspect(error));
    return { error: error.code };
  }
}

let runs = 0;
let refused = 0;
const reached = new Set();
// What is refused before anything is replaced tries nothing, and a shell that refused everything would differ in nothing.
for (const [name, call] of Object.entries(calls)) {
  const [one, other] = [await outcome(node, call, []), await outcome(wasm, call, [])];
  assert.deepEqual([one.error, other.error], [undefined, undefined], name);
  assert.deepEqual(other, one, name);
}
await fc.assert(
  fc.asyncProperty(fc.constantFrom(...Object.keys(calls)), fc.array(change, { minLength: 1, maxLength: 2 }), async (name, changes) => {
    const [one, other] = [await outcome(node, calls[name], changes), await outcome(wasm, calls[name], changes)];
    // Each shell may refuse what the other can still take; what both take must be the same.
    assert.ok(one.error || other.error || isDeepStrictEqual(one, other), `${name}: ${inspect({ node: one, wasm: other }, { depth: 4 })}`);
    runs += 1;
    if (one.error) refused += 1;
    reached.add(`${name} ${one.error}`);
  }),
  { seed, numRuns: 2 ** 31 - 1, interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false },
);
assert.ok(runs > 0 && refused < runs, `${runs} runs, ${refused} refused`);
console.log(`ok javascript: ${runs} calls into each of node and wasm, ${refused} refused, ${reached.size} different ends, seed ${seed}`);
