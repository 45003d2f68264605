// The adapter in workerd, the runtime of Cloudflare Workers.
import { Miniflare } from 'miniflare';
import { fileURLToPath } from 'node:url';
import { eachLine } from './lines.mjs';

const built = fileURLToPath(new URL('../built/', import.meta.url));
const worker = new Miniflare({
  compatibilityDate: '2026-01-01',
  modulesRoot: built,
  modules: [
    { type: 'ESModule', path: `${built}worker.mjs` },
    { type: 'CompiledWasm', path: `${built}countermark.wasm` },
  ],
});
await worker.ready;
await eachLine(async (line) => (await worker.dispatchFetch('http://worker/', { method: 'POST', body: line })).text());
await worker.dispose();
