// The types: `tsc` on a program that uses them, from a module and from CommonJS, with nothing but the language's own types.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

test('tsc', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [here('../node_modules/typescript/bin/tsc'), '-p', here('types')], { encoding: 'utf8' });
  assert.equal(stdout + stderr, '');
  assert.equal(status, 0);
});
