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
    const body = await request.arrayBuffer();
    const gone = new AbortController();
    const answer = env.INNER.fetch(request.url, { method: 'POST', headers: request.headers, body, signal: gone.signal });
    if (!request.headers.has('x-give-up')) return answer;
    const started = async () => (await (await env.INNER.fetch('http://hooks/started', { method: 'POST' })).json()).includes(new TextDecoder().decode(body));
    for (let tries = 0; tries < 3000 && !(await started()); tries++) await new Promise((resolve) => setTimeout(resolve, 20));
    gone.abort();
    return answer.catch(() => new Response('hung up', { status: 504 }));
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
  const started = [];
  const done = [];
  const hungUp = new Set();
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const work = async (hook) => {
    started.push(hook.text());
    while (!hungUp.has(hook.text())) await sleep(20);
    await sleep(700);
    done.push(hook.text());
  };
  const app = new Hono().post('/hono', onHono(options, work));
  const plain = onFetch(options, work);
  export default {
    async fetch(request, env, context) {
      const path = new URL(request.url).pathname;
      if (path === '/hung-up') hungUp.add(await request.text());
      if (path === '/started') return Response.json(started);
      if (path === '/done' || path === '/hung-up') return Response.json(done);
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
    assert.equal(await send(['x-give-up', 'when the work has begun']), 504);
    // The work waits for this, and goes on for a while.
    await worker.dispatchFetch('http://hooks/hung-up', { method: 'POST', body });
    for (let tries = 0; tries < 600 && (await done()).length === 0; tries++) await sleep(100);
    assert.deepEqual(await done(), [body]);
    // A moment later the store knows that it is done.
    for (let tries = 0; tries < 600 && (await send()) !== 200; tries++) await sleep(100);
    assert.equal(await send(), 200);
    assert.deepEqual(await done(), [body]);
  });
}
