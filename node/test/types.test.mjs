// The types: `tsc` on a program that uses them, from a module and from CommonJS, with nothing but the language's own types, on one with
// those of the frameworks, and on one with older settings.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

function tsc(compiler, ...args) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [here(`../node_modules/${compiler}/bin/tsc`), ...args], { encoding: 'utf8' });
  assert.equal(stdout + stderr, '');
  assert.equal(status, 0);
}

for (const program of ['tsconfig', 'frameworks']) test(`tsc: ${program}.json`, () => tsc('typescript', '-p', here(`types/${program}.json`)));

test('tsc: node10.json', (t) => {
  // So it finds the package in a folder only, and not from within.
  const home = mkdtempSync(join(tmpdir(), 'countermark-types-'));
  t.after(() => rmSync(home, { recursive: true }));
  mkdirSync(join(home, 'node_modules'));
  symlinkSync(here('..'), join(home, 'node_modules/countermark'), 'dir');
  for (const file of ['node10.json', 'node10.ts']) copyFileSync(here(`types/${file}`), join(home, file));
  // TypeScript 7 has it no more.
  tsc('typescript-5.9', '-p', join(home, 'node10.json'));
});
