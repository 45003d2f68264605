// Whether two classes of times can be told apart, by Welch's t-test, as dudect does it.

/** Beyond it, two classes can be told apart. */
export const LIMIT = 4.5;
// A cycle of 4 GHz. One jump or one load more takes longer, and in every process; what is shorter comes and goes with the addresses that a
// process has, since a million times tell a thirtieth of a nanosecond.
const CYCLE_NS = 0.25;
const WARM_UP = 10_000;
const CROPS = 20;
// Below it, a part of the times says nothing.
const ENOUGH = 10_000;

/**
 * The largest |t| of all times, and of the fastest parts of them: interrupts and the like make long times of either class.
 * `samples` holds twice the nanoseconds plus the class (0 or 1) each; the first 10,000 set the parts and do not count.
 * A difference of less than a cycle counts as none.
 */
export function largestT(samples) {
  const first = Float64Array.from(samples.subarray(0, WARM_UP), (sample) => Math.floor(sample / 2)).sort();
  const limits = Array.from({ length: CROPS }, (_, at) => first[Math.floor((first.length - 1) * (1 - 0.5 ** ((10 * (at + 1)) / CROPS)))]);
  const rest = samples.subarray(WARM_UP);
  if (rest.length < 2 * ENOUGH) throw new Error(`${samples.length} samples are too few`);
  return Math.max(...[...limits, Infinity].map((limit) => Math.abs(t(rest, limit))));
}

function t(samples, limit) {
  const count = [0, 0];
  const mean = [0, 0];
  const square = [0, 0];
  for (const sample of samples) {
    const kind = sample % 2;
    const value = Math.floor(sample / 2);
    if (value >= limit) continue;
    const delta = value - mean[kind];
    count[kind] += 1;
    mean[kind] += delta / count[kind];
    square[kind] += delta * (value - mean[kind]);
  }
  if (Math.min(...count) < ENOUGH) return 0;
  const difference = mean[0] - mean[1];
  if (Math.abs(difference) < CYCLE_NS) return 0;
  // The fastest times may all be the same number, and have no variance.
  return difference / Math.sqrt(square[0] / (count[0] - 1) / count[0] + square[1] / (count[1] - 1) / count[1]);
}

/** The samples of a program's file. */
export function samplesOf(bytes) {
  return Float64Array.from(new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8), Number);
}
