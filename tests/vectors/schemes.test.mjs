// Every scheme of the table has its vectors, and every vector its scheme: the rows and the vectors are written apart.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = process.env.COUNTERMARK_BIN ?? fileURLToPath(new URL('../../target/debug/countermark', import.meta.url));
const ids = JSON.parse(execFileSync(program, ['webhook', 'schemes', '--json'], { encoding: 'utf8' })).map(({ id }) => id).sort();
const folder = new URL('webhook/', import.meta.url);
// Each case with what its group says; without those of a name that no scheme has.
const cases = readdirSync(folder).filter((name) => name.endsWith('.json'))
  .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')).testGroups)
  .flatMap(({ request, tests }) => tests.map((one) => ({ ...one, request: { ...request, ...one.request } })))
  .filter(({ error }) => error !== 'UNKNOWN_SCHEME');

/** How many cases of this operation each scheme has. */
function counted(op) {
  const counts = new Map();
  for (const { request } of cases.filter((one) => one.request.op === op)) counts.set(request.scheme, (counts.get(request.scheme) ?? 0) + 1);
  return counts;
}

for (const [op, least] of [['webhook.verify', 8], ['webhook.sign', 1]]) {
  test(`${op} has vectors of every scheme, and of no other`, () => {
    const counts = counted(op);
    assert.deepEqual([...counts.keys()].sort(), ids);
    for (const [id, count] of counts) assert.ok(count >= least, `${id} has ${count} vectors`);
  });
}
