// Every vector that needs no server, by the adapter's dispatcher over this package. Those of `login/` run in `tests/conformance`.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { answer } from '../built/answer.mjs';

const folder = new URL('../../tests/vectors/', import.meta.url);
const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.json') && !/^(inspect|login|receiver|schema)\//.test(name));

test('there are vectors', () => assert.ok(files.length > 10));

for (const file of files.sort()) {
  test(file, async () => {
    const { testGroups } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    for (const group of testGroups) {
      for (const { tcId, comment, request, result, ok, error } of group.tests) {
        const line = JSON.stringify({ ...group.request, ...request, id: tcId });
        const got = await answer(line);
        const expected = result === 'valid' ? { id: tcId, ok } : { id: tcId, error, number: got.number };
        assert.deepEqual(JSON.parse(JSON.stringify(got)), expected, `tcId ${tcId}: ${comment}`);
      }
    }
  });
}
