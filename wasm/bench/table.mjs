// One table a runtime. A ratio counts; a time is that of the machine.
import { appendFileSync } from 'node:fs';
import process from 'node:process';
import { SIZES } from './sizes.mjs';

const ROUNDS = 7;
const ROUND_MS = 25;

/** @param runtime `names(size)`, and `time(size, name, calls)`: milliseconds for that many calls */
export async function table(title, { names, time }, sizes = SIZES) {
  console.log(`\n${title}`);
  for (const size of sizes) {
    const plan = [];
    for (const name of await names(size)) {
      // A pause of the machine must not pass for the work: so few calls would measure the way to the runtime.
      const shortest = async (calls) => Math.min(await time(size, name, calls), await time(size, name, calls), await time(size, name, calls));
      let calls = 4;
      let ms = await shortest(calls);
      while (ms < ROUND_MS / 2) ms = await shortest((calls *= 4));
      plan.push({ name, calls: Math.max(1, Math.round((calls * ROUND_MS) / ms)), samples: [] });
    }
    // Interleaved, so that a slow phase of the machine hits all rows.
    for (let round = 0; round < ROUNDS; round++) {
      for (const row of plan) row.samples.push((await time(size, row.name, row.calls)) / row.calls);
    }
    const least = ({ samples }) => Math.min(...samples);
    const own = least(plan[0]);
    const question = size === 0 ? 'OneLogin query' : `webhook of ${size} bytes`;
    if (process.env.COUNTERMARK_BENCH) {
      const ns = Object.fromEntries(plan.map((row) => [row.name, least(row) * 1e6]));
      appendFileSync(process.env.COUNTERMARK_BENCH, `${JSON.stringify({ bench: `WebAssembly, ${title}`, case: question, ns })}\n`);
    }
    console.log(`  ${question}`);
    for (const row of plan) console.log(`    ${row.name.padEnd(28)} ${(least(row) * 1e3).toFixed(2).padStart(10)} µs ${(least(row) / own).toFixed(2).padStart(7)}`);
  }
}
