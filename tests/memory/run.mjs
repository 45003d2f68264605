// What the process of each adapter grows by while it answers every vector again and again. See README.md.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Adapter } from '../conformance/adapter.mjs';
import { skips } from '../conformance/skips.mjs';
import { vectors } from '../conformance/vectors.mjs';
import { writeSection } from '../results.mjs';

const folder = new URL('../adapters/', import.meta.url);
const named = process.argv.slice(2);
// A page has no process of its own.
const found = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/run`, folder)) && !/chromium|firefox/.test(name));
const adapters = named.length > 0 ? named : found;
const ROUNDS = 30;
// Collectors let a heap grow for long before they find its size. What leaks grows for ever.
const MOST_LOTS = 12;
// A verifier or a result that is left by each answer is ten times as much.
const FLAT_BYTES_A_QUESTION = 64;

/** KB that a process and its children hold. */
function resident(pid) {
  const own = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean));
  return children.reduce((sum, child) => sum + resident(child), own);
}

const all = vectors().filter(({ servers }) => !servers);
const rows = [];
for (const name of adapters) {
  await test(name, async () => {
    const skipped = skips(name, vectors());
    const lines = all.filter(({ id }) => !skipped.has(id)).map(({ request }) => Buffer.from(JSON.stringify(request)));
    const adapter = new Adapter(name);
    // The least of the last rounds: a collector may be late.
    const held = async () => {
      const kilobytes = [];
      for (let round = 0; round < ROUNDS; round++) {
        await adapter.askLines(lines);
        kilobytes.push(resident(adapter.pid));
      }
      return Math.min(...kilobytes.slice(-5));
    };
    const questions = ROUNDS * lines.length;
    let before = await held();
    let row;
    for (let lot = 1; lot <= MOST_LOTS && !(row?.bytes < FLAT_BYTES_A_QUESTION); lot++) {
      const after = await held();
      row = { name, first: lot * questions, questions, before, growth: after - before, bytes: ((after - before) * 1024) / questions };
      before = after;
      console.log(`${name}: ${row.before} KB after ${row.first} questions, ${row.growth} KB more after ${questions} more: ${row.bytes.toFixed(1)} bytes each`);
    }
    assert.equal(await adapter.end(), 0);
    assert.ok(row.bytes < FLAT_BYTES_A_QUESTION, `${name} grew by ${row.growth} KB in ${questions} questions, after ${row.first}`);
    rows.push(row);
  });
}

if (named.length === 0 && rows.length === found.length) {
  const number = (value) => value.toLocaleString('en');
  writeSection('Memory', [
    'What the process of each adapter held while it was asked every vector again and again, accepted and refused: `scripts/proof memory`. It is flat when',
    `as many questions again add less than ${FLAT_BYTES_A_QUESTION} bytes each; heaps with a collector may need some lots to get there.`,
    '',
    '| adapter | questions | KB | questions more | KB more | bytes each |',
    '| --- | --: | --: | --: | --: | --: |',
    ...rows.map(({ name, first, questions, before, growth, bytes }) => `| ${[name, ...[first, before, questions, growth].map(number), bytes.toFixed(1)].join(' | ')} |`),
  ].join('\n'));
}
