// The types: `tsc` on one program, with the types of this package and with those of the Node package in its place.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as countermark from '@countermark/wasm';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** @param compiler of a version that people have @param own options of this program */
function check(name, files, types, { compiler = 'typescript', ...own } = {}) {
  const paths = types && Object.fromEntries(['index', 'fetch', 'hono', 'testing'].map((file) => [`countermark${file === 'index' ? '' : `/${file}`}`, [here(`${types}/${file}.d.ts`)]]));
  const compilerOptions = {
    ...{ module: 'esnext', moduleResolution: 'bundler', target: 'es2022', lib: ['es2022', 'dom', 'dom.iterable'], types: [] },
    ...{ strict: true, noEmit: true, exactOptionalPropertyTypes: true, ...(paths && { paths }), ...own },
  };
  const config = here(`../built/${name}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions, files: files.map(here) }));
  const { stdout, stderr } = spawnSync(process.execPath, [here(`../node_modules/${compiler}/bin/tsc`), '-p', config], { encoding: 'utf8' });
  assert.equal(stdout + stderr, '');
}

test('the program, with this package', () => check('own', ['types/program.ts'], '../types'));
test('the program, with the Node package', () => check('node', ['types/program.ts'], '../../node/types'));
// Since 5.9 bytes of one's own are told from those that threads share, as some calls want them; before 5.7 there was one kind.
for (const version of ['5.6', '5.9']) test(`the program, with TypeScript ${version}`, () => check(`typescript-${version}`, ['types/program.ts'], '../types', { compiler: `typescript-${version}` }));
test('what only this package has', () => check('edge', ['types/edge.ts']));
test('a Worker, with the types of Cloudflare', () => {
  check('worker', ['types/worker.ts'], undefined, { lib: ['es2022'], types: ['@cloudflare/workers-types'], typeRoots: [here('../node_modules')] });
});

test('the types describe every export, and no other', () => {
  const types = readFileSync(new URL('../types/index.d.ts', import.meta.url), 'utf8');
  const described = [...types.matchAll(/^export (?:class|function|const) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual([...new Set(described)].sort(), Object.keys(countermark).sort());
});

test('both packages describe the same', () => {
  for (const file of ['codes', 'fetch', 'hono', 'index', 'receiver', 'testing']) {
    const [own, nodes] = ['../types', '../../node/types'].map((folder) => readFileSync(new URL(`${folder}/${file}.d.ts`, import.meta.url), 'utf8'));
    assert.equal(own, nodes, file);
  }
});
