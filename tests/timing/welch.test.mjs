// The statistics alone, on times that a seed made: that they tell a leak of a few nanoseconds, and that they see none where none is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMIT, largestT, samplesOf } from './welch.mjs';

/** 100,000 times of about a microsecond with noise and interrupts, those of class 0 longer by so much. */
function times(leakNs, seed) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float64Array.from({ length: 100_000 }, () => {
    const kind = random() < 0.5 ? 0 : 1;
    const noise = (random() + random() + random()) * 100;
    const interrupt = random() < 0.01 ? random() * 50_000 : 0;
    return 2 * Math.floor(1000 + noise + interrupt + (kind === 0 ? leakNs : 0)) + kind;
  });
}

test('a leak of five nanoseconds is found among noise and interrupts', () => assert.ok(largestT(times(5, 1)) > 2 * LIMIT));

test('without a leak, nothing is found', () => {
  for (let seed = 1; seed <= 8; seed++) assert.ok(largestT(times(0, seed)) < LIMIT, `seed ${seed}`);
});

test('less than a cycle is no leak, and a cycle is one, however well either is told', () => {
  // Of class 0, so many of a hundred times are one tick of the clock, 10 ns, longer.
  const ticks = (longer) => Float64Array.from({ length: 2_000_000 }, (_, at) => 2 * (at % 2 === 0 && (at / 2) % 100 < longer ? 641 : 631) + (at % 2));
  assert.equal(largestT(ticks(2)), 0);
  assert.ok(largestT(ticks(3)) > LIMIT);
});

test('times without variance tell nothing, unless they differ', () => {
  const steady = (leakNs) => Float64Array.from({ length: 100_000 }, (_, at) => 2 * (1000 + (at % 2) * leakNs) + (at % 2));
  assert.equal(largestT(steady(0)), 0);
  assert.equal(largestT(steady(1)), Infinity);
});

test('too few times are no proof', () => assert.throws(() => largestT(times(0, 1).subarray(0, 20_000)), /too few/));

test('a file holds 64 bits for each time', () => {
  const bytes = Buffer.from(BigUint64Array.of(2001n, 4000n).buffer);
  assert.deepEqual([...samplesOf(bytes)], [2001, 4000]);
});
