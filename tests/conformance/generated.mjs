// Questions that nobody wrote, to every adapter: all must give the same answer. See README.md.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { parseArgs } from 'node:util';
import { Adapter } from './adapter.mjs';
import { Cases } from './generated/cases.mjs';
import { Random } from './generated/random.mjs';
import { shrink } from './generated/shrink.mjs';
import { writeGenerated } from './results.mjs';
import { vectors } from './vectors.mjs';

const folder = new URL('../adapters/', import.meta.url);
// What `scripts/test conformance` asks.
const EACH_TEST = 200_000;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, count: { type: 'string', default: `${EACH_TEST}` } },
});
const seed = Number(values.seed ?? `0x${commit().slice(0, 8)}`);
const count = Number(values.count);
// Questions at once: enough that no adapter waits for another, and few enough to be held.
const BATCH = 1000;
// Of so many kinds of differences one is shrunk and shown.
const SHOWN = 10;

const names = positionals.length > 0 ? positionals : readdirSync(folder).filter((name) => existsSync(new URL(`${name}/run`, folder)));
const adapters = new Map(names.map((name) => [name, new Adapter(name)]));
const cases = new Cases(new Random(seed), vectors());
const outcomes = new Map();
// Questions that were answered in different ways: how many, and the first of each kind.
let different = 0;
const kinds = new Map();

/** The commit: what failed fails again, and each commit asks other questions. */
function commit() {
  return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: folder, encoding: 'utf8' });
}

/** Asks each adapter all questions; gives the lines of the answers of each. */
async function ask(questions) {
  const lines = questions.map((question) => Buffer.from(JSON.stringify({ ...question, id: 0 })));
  return Promise.all([...adapters.values()].map((adapter) => adapter.askLines(lines)));
}

/** An answer as a text that is the same for the same answer, whatever the order of its fields. */
const canonical = (line) => JSON.stringify(sorted(JSON.parse(line)));
function sorted(value) {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  const names = Object.keys(value).filter((name) => name !== 'id').sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}

/** The same for what all adapters answered to one question. Most lines are alike. */
function canonicals(lines) {
  const known = new Map();
  return lines.map((line) => known.get(line) ?? known.set(line, canonical(line)).get(line));
}

async function answers(question) {
  const all = await ask([question]);
  const texts = canonicals(all.map(([line]) => line));
  return new Map(names.map((name, at) => [name, texts[at]]));
}

function note({ op }, { ok, error }) {
  const name = `${op} ${ok ? 'ok' : error}`;
  outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
}

function noteDifference(question, texts) {
  different += 1;
  const kind = [question.op, ...texts.map((text) => /"error":"(\w+)"/.exec(text)?.[1] ?? 'ok')].join(' ');
  if (!kinds.has(kind)) kinds.set(kind, question);
}

console.log(`seed ${seed}: node tests/conformance/generated.mjs --seed ${seed} --count ${count} ${positionals.join(' ')}`);

await test(`${count} generated questions get the same answer from ${names.join(', ')}`, async () => {
  const unsigned = cases.unsigned(Math.ceil(count / 20));
  const [signed] = await ask(unsigned);
  const oks = signed.map((line) => JSON.parse(line).ok);
  cases.add(unsigned.flatMap((question, at) => (oks[at] ? [[question, oks[at]]] : [])));

  const batch = (number) => {
    const questions = Array.from({ length: Math.min(BATCH, count - number * BATCH) }, () => cases.next());
    const answered = ask(questions);
    // An adapter that dies is told of by the batch before.
    answered.catch(() => {});
    return { questions, answered };
  };
  const batches = Math.ceil(count / BATCH);
  // One batch ahead, so that whoever has answered need not wait for the slowest.
  let ahead = batch(0);
  for (let number = 1; number <= batches; number++) {
    const { questions, answered } = ahead;
    if (number < batches) ahead = batch(number);
    const all = await answered;
    for (const [at, question] of questions.entries()) {
      note(question, JSON.parse(all[0][at]));
      const texts = canonicals(all.map((list) => list[at]));
      if (texts.some((text) => text !== texts[0])) noteDifference(question, texts);
    }
  }

  const shown = [];
  for (const question of [...kinds.values()].slice(0, SHOWN)) {
    // What is no question at all must not be the smallest one.
    const isQuestion = (texts) => !texts.some((text) => text.includes('"BAD_REQUEST"'));
    const askable = isQuestion([...(await answers(question)).values()]);
    const differs = async (candidate) => {
      const texts = [...(await answers(candidate)).values()];
      return new Set(texts).size > 1 && isQuestion(texts) === askable;
    };
    const request = await shrink(question, differs);
    shown.push(vector(request, await answers(request)), `  made smaller from ${JSON.stringify(question).slice(0, 2000)}`);
  }
  if (different > 0) assert.fail(`${different} differ, seed ${seed}\n${shown.join('\n')}`);
});

/** A difference as a test of a vector file, to be given the answer that is right. */
function vector(request, said) {
  const test = { tcId: 0, comment: `generated, seed ${seed}`, flags: [], request, result: 'valid' };
  const by = (text) => names.filter((name) => said.get(name) === text).join(', ');
  return [JSON.stringify(test), ...new Set([...said.values()].map((text) => `  ${by(text)}: ${text}`))].join('\n');
}

await test('many are good, and few are no question', () => {
  const total = (end) => [...outcomes].filter(([name]) => name.endsWith(end)).reduce((sum, [, number]) => sum + number, 0);
  const asked = [...outcomes.values()].reduce((sum, number) => sum + number, 0);
  for (const [name, number] of [...outcomes].sort(([, a], [, b]) => b - a)) console.log(`${String(number).padStart(8)} ${name}`);
  assert.ok(total(' ok') > asked / 5, `${total(' ok')} of ${asked} are good`);
  assert.ok(total(' BAD_REQUEST') < asked / 10, `${total(' BAD_REQUEST')} of ${asked} are no question`);
});

for (const [name, adapter] of adapters) await test(`${name} ends with its input`, async () => assert.equal(await adapter.end(), 0));

// With the exit code `node:test` says whether all has passed.
if (positionals.length === 0 && count === EACH_TEST) {
  process.on('exit', (code) => writeGenerated({ seed, count, names, outcomes, different }, code === 0));
}
