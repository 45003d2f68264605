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
// By then caches are full, code is compiled, and collectors have nearly found their size.
const ROUNDS_BEFORE = 30;
const ROUNDS = 30;
// A verifier or a result that is left by each answer is several times as much; what collectors put off is less.
const MOST_BYTES_A_QUESTION = 256;

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
    const rounds = async (count) => {
      const held = [];
      for (let round = 0; round < count; round++) {
        await adapter.askLines(lines);
        held.push(resident(adapter.pid));
      }
      return Math.min(...held.slice(-5));
    };
    const before = await rounds(ROUNDS_BEFORE);
    const after = await rounds(ROUNDS);
    assert.equal(await adapter.end(), 0);
    const questions = ROUNDS * lines.length;
    const bytes = ((after - before) * 1024) / questions;
    rows.push({ name, questions, before, growth: after - before, bytes });
    console.log(`${name}: ${before} KB, ${after - before} KB more after ${questions} questions: ${bytes.toFixed(1)} bytes each`);
    assert.ok(bytes < MOST_BYTES_A_QUESTION, `${name} grew by ${after - before} KB in ${questions} questions`);
  });
}

if (named.length === 0 && rows.every(({ bytes }) => bytes < MOST_BYTES_A_QUESTION) && rows.length === found.length) {
  const number = (value) => value.toLocaleString('en');
  writeSection('Memory', [
    `What the process of each adapter held after every vector ${ROUNDS_BEFORE} times, accepted and refused, and how much more after as many again: \`scripts/proof memory\`.`,
    '',
    '| language | questions | KB before | KB more | bytes a question |',
    '| --- | --: | --: | --: | --: |',
    ...rows.map(({ name, questions, before, growth, bytes }) => `| ${name} | ${number(questions)} | ${number(before)} | ${number(growth)} | ${bytes.toFixed(1)} |`),
  ].join('\n'));
}
