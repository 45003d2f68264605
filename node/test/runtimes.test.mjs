// The other tests once more, on Bun and on Deno: those that need nothing but `node:test`, Node's network and the addon.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const runtimes = {
  bun: { command: ['bun', 'test', '--timeout', '120000'], passed: /^ *(\d+) pass$/m },
  deno: { command: ['deno', 'test', '--quiet', '--no-lock', '--no-check', '--allow-all'], passed: /(\d+) passed/ },
};
const files = ['errors', 'express', 'fastify', 'fetch', 'frameworks', 'hot', 'lambda', 'login', 'redis', 'secsignid', 'surface', 'vectors', 'workers'];

for (const [name, { command: [program, ...args], passed }] of Object.entries(runtimes)) {
  for (const file of files) {
    test(`${name}: ${file}`, () => {
      const { stdout, stderr, status } = spawnSync(here(`../node_modules/.bin/${program}`), [...args, here(`${file}.test.mjs`)], { encoding: 'utf8', cwd: here('..') });
      assert.equal(status, 0, stdout + stderr);
      assert.ok(Number(passed.exec(stdout + stderr)?.[1]) > 0, stdout + stderr);
    });
  }
}
