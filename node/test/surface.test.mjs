// What the package exports: by import and require alike, and as its types say.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as countermark from 'countermark';

const required = createRequire(import.meta.url)('countermark');

test('import and require give the same names', () => {
  assert.deepEqual(Object.keys(required).sort(), Object.keys(countermark).sort());
});

test('the types describe every export, and no other', () => {
  const types = readFileSync(new URL('../types/index.d.ts', import.meta.url), 'utf8');
  const described = [...types.matchAll(/^export (?:class|function|const) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual([...new Set(described)].sort(), Object.keys(countermark).sort());
});

test('the version is that of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  assert.equal(countermark.version, version);
});

test('an error of the other copy of the package is an error too', () => {
  assert.throws(() => required.normalizeSecsignId('!'), (error) => error instanceof countermark.CountermarkError);
});

test('the row that the loader repeats is that of the table', () => {
  const loader = readFileSync(new URL('../js/native.cjs', import.meta.url), 'utf8');
  const row = countermark.listErrors().find(({ name }) => name === 'LIBRARY_MISSING');
  assert.match(loader, new RegExp(`${row.message}.*`));
  assert.match(loader, new RegExp(`CM_${row.name}', number: ${row.number}, retryable: ${row.retryable} `));
});
