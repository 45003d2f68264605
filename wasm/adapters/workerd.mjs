// The adapter in workerd, the runtime of Cloudflare Workers.
import { Miniflare } from 'miniflare';
import { fileURLToPath } from 'node:url';
import { lines } from '../../tests/adapters/node/lines.mjs';

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
for await (const line of lines(process.stdin)) {
  const reply = await worker.dispatchFetch('http://worker/', { method: 'POST', body: line });
  process.stdout.write(`${await reply.text()}\n`);
}
await worker.dispose();
