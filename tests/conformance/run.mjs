// Every vector to every adapter: whole answers, and the bytes that logins send. See README.md.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Adapter } from './adapter.mjs';
import { HOSTILE } from './hostile.mjs';
import { runLogins } from './logins.mjs';
import { writeVectors } from './results.mjs';
import { skips } from './skips.mjs';
import { BAD_REQUEST, vectors } from './vectors.mjs';

const folder = new URL('../adapters/', import.meta.url);
const named = process.argv.slice(2);
const found = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/run`, folder)));
const unknown = named.filter((name) => !found.includes(name));
if (unknown.length > 0) throw new Error(`no adapter ${unknown.join(', ')}; there are ${found.join(', ')}`);
const adapters = named.length > 0 ? named : found;
const all = vectors();
const files = [...new Set(all.map(({ file }) => file))];
// What each adapter was seen to do, by vector, and what is to be said about it.
const results = new Map();

for (const name of adapters) {
  const result = { skipped: new Map(), seen: new Map(), wrong: new Map() };
  results.set(name, result);
  await test(name, async (t) => {
    result.skipped = skips(name, all);
    const asked = all.filter(({ id }) => !result.skipped.has(id));
    const adapter = new Adapter(name);

    await t.test('lines that are no request', async () => {
      const answers = await Promise.all(HOSTILE.map((line) => adapter.ask(line)));
      for (const [index, answer] of answers.entries()) assert.deepEqual(answer, BAD_REQUEST, `${HOSTILE[index]}`.slice(0, 80));
      const id = { any: ['JSON', null, 1.5, 'ä', '\u2028'] };
      const answer = await adapter.ask({ id, op: 'ident.normalize', secsignid: 'Alice' });
      assert.deepEqual(answer, { id, ok: { secsignid: 'alice' } });
    });

    const here = asked.filter(({ servers }) => !servers);
    const there = asked.filter(({ servers }) => servers);
    const local = here.map(({ request }) => adapter.ask(request).then((answer) => ({ answer }), (failure) => ({ failure })));
    for (const [index, seen] of (await Promise.all(local)).entries()) note(result, here[index], seen);
    for (const [index, seen] of (await runLogins(name, there)).entries()) note(result, there[index], seen);

    for (const file of files) {
      const mine = asked.filter((vector) => vector.file === file);
      if (mine.length === 0) continue;
      await t.test(file, () => {
        const wrong = mine.flatMap(({ id }) => result.wrong.get(id) ?? []);
        if (wrong.length > 0) assert.fail(`${wrong.length} of ${mine.length} wrong\n${wrong.slice(0, 10).join('\n')}`);
      });
    }
    await t.test('ends with its input', async () => assert.equal(await adapter.end(), 0));
  });
}

function note(result, { id, comment, answer: expected }, { answer, sent, wrong = [], failure }) {
  if (failure) wrong = [failure.message];
  else if (!isDeepStrictEqual(answer, expected)) wrong.push(`expected ${JSON.stringify(expected)}\n  got      ${JSON.stringify(answer)}`);
  if (wrong.length > 0) result.wrong.set(id, `${id}: ${comment}\n  ${wrong.join('\n  ')}`);
  if (!failure) result.seen.set(id, { answer, sent });
}

// One alone has nothing to be compared with.
if (adapters.length > 1) {
  await test('all adapters answer alike and send the same bytes', () => {
    const different = all.flatMap(({ id }) => {
      const seen = adapters.filter((name) => results.get(name).seen.has(id)).map((name) => [name, results.get(name).seen.get(id)]);
      const other = seen.find(([, what]) => !isDeepStrictEqual(what, seen[0][1]));
      return other ? [seen[0], other].map(([name, what]) => `${id} ${name}: ${JSON.stringify(what)}`).join('\n') : [];
    });
    if (different.length > 0) assert.fail(`${different.length} differ\n${different.slice(0, 10).join('\n')}`);
  });
}

await test('there are adapters, and they can be asked', () => {
  assert.ok(found.length > 0);
  for (const name of adapters) assert.ok(results.get(name).seen.size > 0, name);
});

// With the exit code `node:test` says whether all has passed.
if (named.length === 0) process.on('exit', (code) => writeVectors(all, files, results, code === 0));
