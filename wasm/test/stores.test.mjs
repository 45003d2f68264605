// The replay stores, on the storage that workerd has.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { Miniflare } from 'miniflare';

const WORKER = `
  import { CacheReplayStore, DurableObjectReplayStore, KvReplayStore, ReplayObject } from './cloudflare.mjs';
  export { ReplayObject };
  const stores = {
    object: (env) => new DurableObjectReplayStore(env.OBJECT),
    kv: (env) => new KvReplayStore(env.KV),
    cache: () => new CacheReplayStore(),
  };
  export default {
    async fetch(request, env) {
      const { name, calls, atOnce, kept } = await request.json();
      if (kept) return Response.json((await env.KV.list({ prefix: kept })).keys[0].expiration);
      const store = stores[name](env);
      const call = ([method, ...rest]) => (method === 'atomic' ? store.atomic : store[method](...rest));
      if (atOnce) return Response.json(await Promise.all(calls.map(call)));
      const answers = [];
      for (const one of calls) answers.push(await call(one));
      return Response.json(answers);
    },
  };`;

const worker = new Miniflare({
  compatibilityDate: '2026-01-01',
  modules: [
    { type: 'ESModule', path: 'worker.mjs', contents: WORKER },
    { type: 'ESModule', path: 'cloudflare.mjs', contents: readFileSync(new URL('../js/cloudflare.mjs', import.meta.url), 'utf8') },
  ],
  kvNamespaces: ['KV'],
  durableObjects: { OBJECT: 'ReplayObject' },
});
after(() => worker.dispose());

async function ask(name, calls, atOnce) {
  const reply = await worker.dispatchFetch('http://worker/', { method: 'POST', body: JSON.stringify({ name, calls, atOnce }) });
  assert.equal(reply.status, 200, await reply.clone().text());
  return reply.json();
}

const now = Date.now();
const until = now + 120_000;

for (const name of ['object', 'kv', 'cache']) {
  test(`${name}: a key is taken once, and again after its release`, async () => {
    const answers = await ask(name, [
      ['reserve', 'a', until, now],
      ['reserve', 'a', until, now],
      ['commit', 'a'],
      ['reserve', 'a', until, now],
      ['reserve', 'b/?#ä', until, now],
      ['release', 'a'],
      ['reserve', 'a', until, now],
    ]);
    assert.deepEqual(answers, [true, false, true, false, true, true, true]);
  });

  test(`${name}: gives no key whose time is over`, async () => {
    assert.deepEqual(await ask(name, [['reserve', 'over', now - 1, now], ['reserve', 'over', now, now]]), [false, true]);
  });

  test(`${name}: gives no key whose time is none`, async () => {
    const none = [null, 'later', until + 0.5, 1e300, -1e300, {}, [until]];
    assert.deepEqual(await ask(name, [...none.map((untilMs) => ['reserve', 'none', untilMs, now]), ['reserve', 'none', until, {}], ['reserve', 'none', until, now]]), [...none.map(() => false), false, true]);
  });

  test(`${name}: says whether it is atomic`, async () => assert.deepEqual(await ask(name, [['atomic']]), [name === 'object']));
}

test('object: of fifty at once, one', async () => {
  const answers = await ask('object', Array.from({ length: 50 }, () => ['reserve', 'at once', until, now]), true);
  assert.equal(answers.filter(Boolean).length, 1);
});

test('kv: a key is kept beyond the last millisecond in which it counts', async () => {
  await ask('kv', [['reserve', 'kept', now + 180_000, now]]);
  const reply = await worker.dispatchFetch('http://worker/', { method: 'POST', body: JSON.stringify({ kept: 'kept' }) });
  const expiration = await reply.json();
  // KV counts from the second in which it was asked.
  assert.ok(expiration * 1000 > now + 180_000, `${expiration} ${now}`);
});

test('object: a key whose time is over can be taken again', async () => {
  const answers = await ask('object', [['reserve', 'old', now + 1000, now], ['reserve', 'old', now + 5000, now + 1000], ['reserve', 'old', now + 5000, now + 1001]]);
  assert.deepEqual(answers, [true, false, true]);
});
