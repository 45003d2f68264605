// The adapter in workerd, the runtime of Cloudflare Workers.
import { Miniflare } from 'miniflare';
import { fileURLToPath } from 'node:url';
import { batches } from '../../tests/adapters/node/lines.mjs';

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
for await (const batch of batches(process.stdin)) {
  const reply = await worker.dispatchFetch('http://worker/', { method: 'POST', body: JSON.stringify(batch) });
  process.stdout.write(await reply.text());
}
await worker.dispose();
