// Suites that end at once each keep their section.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { report, writeSection } from './results.mjs';

const folder = mkdtempSync(join(tmpdir(), 'results-'));
after(() => rmSync(folder, { recursive: true }));

test('suites that write at once lose no section', async () => {
  const file = join(folder, 'many.md');
  const program = fileURLToPath(new URL('results.mjs', import.meta.url));
  const titles = Array.from({ length: 8 }, (_, at) => `Suite ${at}`);
  // Each process reads the file while others write it.
  const suite = (title) => {
    const run = promisify(execFile)(process.execPath, [program, title, file]);
    run.child.stdin.end(`What ${title} found.`);
    return run;
  };
  await Promise.all(titles.map(suite));
  const text = readFileSync(file, 'utf8');
  for (const title of titles) assert.match(text, new RegExp(`^## ${title}\n\nWhat ${title} found\\.\n`, 'm'));
  assert.match(text, /^# Results\n/);
});

test('a section is written anew at its place, and the others stay', () => {
  const file = join(folder, 'one.md');
  for (const [title, body] of [['A', 'first'], ['B', 'second'], ['A', 'third\n']]) writeSection(title, body, file);
  assert.match(readFileSync(file, 'utf8'), /\n\n## A\n\nthird\n\n## B\n\nsecond\n$/);
});

test('what was not proven, or was not said, changes nothing', () => {
  const file = join(folder, 'kept.md');
  report('A', 'proven', true, file);
  const kept = readFileSync(file, 'utf8');
  report('A', 'zeros', false, file);
  assert.throws(() => writeSection('A', '\n', file));
  assert.equal(readFileSync(file, 'utf8'), kept);
});

test('a file that cannot be written is an error', () => {
  assert.throws(() => writeSection('A', 'body', join(folder, 'missing', 'x.md')));
});
