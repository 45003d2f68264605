// Verification against the alternatives, in each runtime: node verify.mjs [node | deno | bun | workerd | chromium | firefox]…
//
//   npm --prefix wasm/bench ci && node wasm/build.mjs && node wasm/bench/verify.mjs
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { measureBrowser } from './browsers.mjs';
import { table } from './table.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const built = here('../built/bench/');
const bin = (name) => here(`../node_modules/.bin/${name}`);
const COMPATIBILITY = { compatibilityDate: '2026-01-01', compatibilityFlags: ['nodejs_compat'] };

mkdirSync(built, { recursive: true });
copyFileSync(here('../full/countermark.wasm'), `${built}countermark.wasm`);
const common = { bundle: true, format: 'esm', target: 'es2024', outdir: built, outExtension: { '.js': '.mjs' }, logLevel: 'warning', external: ['*.wasm', 'node:*'] };
await build({ ...common, entryPoints: { direct: here('direct.mjs') }, conditions: ['node', 'worker'] });
await build({ ...common, entryPoints: { worker: here('worker.mjs') }, conditions: ['workerd', 'worker'] });
await build({ ...common, entryPoints: { empty: here('empty.mjs'), first: here('first.mjs') }, conditions: ['workerd'] });

const worker = (name) =>
  new Miniflare({
    ...COMPATIBILITY,
    modulesRoot: built,
    modules: [{ type: 'ESModule', path: `${built}${name}.mjs` }, { type: 'CompiledWasm', path: `${built}countermark.wasm` }],
  });

const direct = (program, ...args) => () => {
  const { status } = spawnSync(program, [...args, `${built}direct.mjs`], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};

const runtimes = {
  node: direct(process.execPath),
  deno: direct(bin('deno'), 'run', '--quiet', '--no-lock', '--allow-all'),
  bun: direct(bin('bun')),
  async workerd() {
    const measured = worker('worker');
    const ask = (asked) => measured.dispatchFetch('http://worker/', { method: 'POST', body: JSON.stringify(asked) });
    await table('workerd, nodejs_compat', {
      names: async (size) => (await ask({ size })).json(),
      async time(size, name, calls) {
        const start = performance.now();
        const reply = await ask({ size, name, calls });
        if (!reply.ok) throw new Error(await reply.text());
        await reply.arrayBuffer();
        return performance.now() - start;
      },
    });
    await measured.dispose();
    for (let round = 0; round < 5; round++) for (const name of ['empty', 'first']) await coldStart(name);
    for (const [name, samples] of starts) console.log(`  ${name}: ${samples.sort((a, b) => a - b).map((ms) => ms.toFixed(0)).join(' ')} ms from start to first answer`);
  },
  chromium: () => measureBrowser('chromium'),
  firefox: () => measureBrowser('firefox'),
};

const starts = new Map();

/** A new process, its Worker, and the first answer. */
async function coldStart(name) {
  const start = performance.now();
  const cold = worker(name);
  await (await cold.dispatchFetch('http://worker/')).text();
  starts.set(name, [...(starts.get(name) ?? []), performance.now() - start]);
  await cold.dispose();
}

const wanted = process.argv.slice(2);
for (const [name, measure] of Object.entries(runtimes)) if (wanted.length === 0 || wanted.includes(name)) await measure();
