// The types: `tsc` on a program that uses them, from a module and from CommonJS, with nothing but the language's own types, and on one with
// those of the frameworks.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

for (const program of ['tsconfig', 'frameworks']) {
  test(`tsc: ${program}.json`, () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [here('../node_modules/typescript/bin/tsc'), '-p', here(`types/${program}.json`)], { encoding: 'utf8' });
    assert.equal(stdout + stderr, '');
    assert.equal(status, 0);
  });
}
