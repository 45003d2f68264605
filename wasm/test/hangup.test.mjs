// A sender that hangs up while the handler works: workerd then stops a handler that nobody told it to wait for. A gateway before the Worker hangs
// up here, since a connection that breaks off is not seen through Miniflare.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { signWebhook } from '@countermark/wasm/testing';

const SECRET = 'a secret of at least twenty characters';
const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = mkdtempSync(join(root, 'built/hangup-'));

const GATEWAY = `export default {
  async fetch(request, env) {
    const giveUp = request.headers.get('x-give-up-ms');
    try {
      const signal = giveUp === null ? undefined : AbortSignal.timeout(Number(giveUp));
      return await env.INNER.fetch(request.url, { method: 'POST', headers: request.headers, body: await request.arrayBuffer(), signal });
    } catch {
      return new Response('hung up', { status: 504 });
    }
  },
};`;

const WORKER = `
  import { env } from 'cloudflare:workers';
  import { Hono } from 'hono';
  import { DurableObjectReplayStore } from '@countermark/wasm/cloudflare';
  import { webhook as onFetch } from '@countermark/wasm/fetch';
  import { webhook as onHono } from '@countermark/wasm/hono';
  export { ReplayObject } from '@countermark/wasm/cloudflare';
  const options = { scheme: 'github', keys: [{ id: '1', secret: '${SECRET}' }], maxBodyBytes: 1000, keepS: 60, store: new DurableObjectReplayStore(env.REPLAY) };
  const done = [];
  const work = async (hook) => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    done.push(hook.text());
  };
  const app = new Hono().post('/hono', onHono(options, work));
  const plain = onFetch(options, work);
  export default {
    fetch(request, env, context) {
      if (request.url.endsWith('/done')) return Response.json(done);
      return request.url.endsWith('/hono') ? app.fetch(request, env, context) : plain(request, env, context);
    },
  };`;

await build({
  ...{ stdin: { contents: WORKER, resolveDir: root, sourcefile: 'worker.js' }, outfile: join(outdir, 'worker.js'), bundle: true, format: 'esm', target: 'es2024' },
  ...{ conditions: ['workerd'], external: ['cloudflare:*'], loader: { '.wasm': 'copy' }, assetNames: '[name]', logLevel: 'warning' },
});
const compatibilityDate = '2026-01-01';
const worker = new Miniflare({
  workers: [
    { name: 'gateway', compatibilityDate, modules: true, script: GATEWAY, serviceBindings: { INNER: 'inner' } },
    {
      ...{ name: 'inner', compatibilityDate, modulesRoot: outdir, durableObjects: { REPLAY: { className: 'ReplayObject', useSQLite: true } } },
      modules: [{ type: 'ESModule', path: join(outdir, 'worker.js') }, { type: 'CompiledWasm', path: join(outdir, 'countermark.wasm') }],
    },
  ],
});
after(async () => {
  await worker.dispose();
  rmSync(outdir, { recursive: true });
});

for (const path of ['fetch', 'hono']) {
  test(`${path}: the work is done all the same, and once`, async () => {
    const body = `{"by":"${path}"}`;
    const { headers } = signWebhook({ scheme: 'github', secret: SECRET, body });
    const send = async (...more) => (await worker.dispatchFetch(`http://hooks/${path}`, { method: 'POST', body, headers: [...headers, ...more] })).status;
    const done = async () => (await (await worker.dispatchFetch('http://hooks/done', { method: 'POST' })).json()).filter((text) => text === body);
    assert.equal(await send(['x-give-up-ms', '300']), 504);
    for (let tries = 0; tries < 50 && (await done()).length === 0; tries++) await sleep(100);
    assert.deepEqual(await done(), [body]);
    // A moment later the store knows that it is done.
    for (let tries = 0; tries < 50 && (await send()) !== 200; tries++) await sleep(100);
    assert.equal(await send(), 200);
    assert.deepEqual(await done(), [body]);
  });
}
