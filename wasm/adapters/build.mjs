// Makes the adapters of the WebAssembly package out of that of the Node package: the same operations over `@countermark/wasm`. What runs
// on Node, Deno and Bun imports the package by its name; what runs in workerd and browsers is bundled, as their users do.
import { build } from 'esbuild';
import { copyFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const built = here('../built');

const packageInstead = {
  name: 'the package instead',
  setup: ({ onResolve, resolve }) =>
    onResolve({ filter: /\/countermark\.mjs$/ }, (asked) => resolve('@countermark/wasm', { kind: asked.kind, resolveDir: here('..') })),
};
const byName = {
  name: 'the package by its name',
  setup: ({ onResolve }) => onResolve({ filter: /\/countermark\.mjs$/ }, () => ({ path: '@countermark/wasm', external: true })),
};
const common = { bundle: true, format: 'esm', target: 'es2024', outdir: built, outExtension: { '.js': '.mjs' }, logLevel: 'warning' };

mkdirSync(built, { recursive: true });
copyFileSync(here('../full/countermark.wasm'), `${built}/countermark.wasm`);
await build({ ...common, entryPoints: { answer: here('../../tests/adapters/node/answer.mjs'), main: here('../../tests/adapters/node/main.mjs') }, platform: 'node', plugins: [byName] });
await build({ ...common, entryPoints: { worker: here('worker.mjs') }, conditions: ['workerd'], external: ['*.wasm'], plugins: [packageInstead] });
await build({ ...common, entryPoints: { page: here('page.mjs') }, conditions: ['browser'], plugins: [packageInstead] });
