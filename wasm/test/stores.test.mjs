// The replay stores, on the storage that workerd has.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { Miniflare } from 'miniflare';
import { CacheReplayStore, DurableObjectReplayStore, KvReplayStore, ReplayObject } from '@countermark/wasm/cloudflare';

const WORKER = `
  import { CacheReplayStore, DurableObjectReplayStore, KvReplayStore, ReplayObject } from './cloudflare.mjs';
  export { ReplayObject };
  /** Objects of which the replies to the next so many questions are lost, or the questions themselves; the first of all come through. */
  const losing = (objects, { first = 0, replies = 0, questions = 0 }) => ({
    idFromName: (name) => objects.idFromName(name),
    get: (id) => {
      // A stub that has failed fails ever after.
      let isBroken = false;
      const lost = () => {
        isBroken = true;
        throw new Error('Network connection lost.');
      };
      return { async fetch(...asked) {
        if (first-- > 0) return objects.get(id).fetch(...asked);
        if (isBroken || questions-- > 0) lost();
        const reply = await objects.get(id).fetch(...asked);
        return replies-- > 0 ? lost() : reply;
      } };
    },
  });
  const stores = {
    object: (env) => new DurableObjectReplayStore(env.OBJECT),
    losing: (env, lost) => new DurableObjectReplayStore(losing(env.OBJECT, lost)),
    kv: (env) => new KvReplayStore(env.KV),
    cache: () => new CacheReplayStore(),
  };
  export default {
    async fetch(request, env) {
      const { name, calls, atOnce, kept, lost } = await request.json();
      if (kept) return Response.json((await env.KV.list({ prefix: kept })).keys[0].expiration);
      const store = stores[name](env, lost);
      const call = async ([method, ...rest]) => (method === 'atomic' ? store.atomic : lost ? store[method](...rest).catch(() => 'failed') : store[method](...rest));
      if (atOnce) return Response.json(await Promise.all(calls.map(call)));
      const answers = [];
      for (const one of calls) answers.push(await call(one));
      return Response.json(answers);
    },
  };`;

const SETTINGS = {
  compatibilityDate: '2026-01-01',
  modules: [
    { type: 'ESModule', path: 'worker.mjs', contents: WORKER },
    { type: 'ESModule', path: 'cloudflare.mjs', contents: readFileSync(new URL('../js/cloudflare.mjs', import.meta.url), 'utf8') },
  ],
  kvNamespaces: ['KV'],
  durableObjects: { OBJECT: 'ReplayObject' },
};
const worker = new Miniflare(SETTINGS);
after(() => worker.dispose());

async function ask(name, calls, atOnce, lost) {
  const reply = await worker.dispatchFetch('http://worker/', { method: 'POST', body: JSON.stringify({ name, calls, atOnce, lost }) });
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
      ['reserve', 'b/?#ä', until, now],
      ['release', 'a'],
      ['reserve', 'a', until, now],
    ]);
    assert.deepEqual(answers, [true, false, true, true, true]);
  });

  test(`${name}: says whether the work is done`, async () => {
    const answers = await ask(name, [
      ['isCommitted', 'c/?#ä'],
      ['commit', 'c/?#ä'],
      ['reserve', 'c/?#ä', until, now],
      ['isCommitted', 'c/?#ä'],
      ['commit', 'c/?#ä'],
      ['isCommitted', 'c/?#ä'],
      ['reserve', 'c/?#ä', until, now],
    ]);
    assert.deepEqual(answers, [false, false, true, false, true, true, false]);
  });

  test(`${name}: what is done is not given back`, async () => {
    const answers = await ask(name, [
      ['reserve', 'done for good', until, now],
      ['commit', 'done for good'],
      ['release', 'done for good'],
      ['isCommitted', 'done for good'],
      ['reserve', 'done for good', until, now],
    ]);
    assert.deepEqual(answers, [true, true, false, true, false]);
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

test('cache: where a Worker has none it says so, and takes no key', async () => {
  const without = new Miniflare({ ...SETTINGS, cache: false });
  after(() => without.dispose());
  const calls = [['reserve', 'a', until, now]];
  const reply = await without.dispatchFetch('http://worker/', { method: 'POST', body: JSON.stringify({ name: 'cache', calls, lost: {} }) });
  assert.deepEqual(await reply.json(), ['failed']);
});

for (const [title, puts, matches] of [
  ['a put that wrote', [1], []],
  ['the look after it', [], [2]],
  ['the look after it, and the next', [], [2, 3]],
]) {
  test(`cache: where ${title} fails, the key stays free for the next try`, async () => {
    const kept = new Map();
    let [put, matched] = [0, 0];
    const fail = () => assert.fail('away');
    const cache = {
      match: async (address) => (matches.includes(++matched) ? fail() : kept.has(address) ? new Response(kept.get(address)) : undefined),
      put: async (address, reply) => {
        kept.set(address, await reply.text());
        if (puts.includes(++put)) fail();
      },
      delete: async (address) => kept.delete(address),
    };
    const store = new CacheReplayStore(cache);
    await assert.rejects(store.reserve('a', until, now), { message: 'away' });
    assert.deepEqual([await store.reserve('a', until, now), await store.reserve('a', until, now)], [true, false]);
  });
}

test('cache: a reserve that fails leaves what another has put meanwhile', async () => {
  let kept;
  const cache = {
    match: async () => kept && new Response(kept),
    put: async () => {
      kept = `${until} another's`;
      throw new Error('away');
    },
    delete: async () => (kept = undefined),
  };
  await assert.rejects(new CacheReplayStore(cache).reserve('a', until, now), { message: 'away' });
  assert.equal(kept, `${until} another's`);
});

test('cache: a key that is seen late is given back', async () => {
  const kept = new Map();
  let matches = 0;
  const late = { match: async (address) => (++matches > 2 && kept.has(address) ? new Response(kept.get(address)) : undefined), put: async (address, reply) => void kept.set(address, await reply.text()), delete: async (address) => kept.delete(address) };
  const store = new CacheReplayStore(late);
  await assert.rejects(store.reserve('a', until, now));
  assert.equal(await store.reserve('a', until, now), true);
});

test('kv: a key is kept beyond the last millisecond in which it counts', async () => {
  await ask('kv', [['reserve', 'kept', now + 180_000, now]]);
  const reply = await worker.dispatchFetch('http://worker/', { method: 'POST', body: JSON.stringify({ kept: 'kept' }) });
  const expiration = await reply.json();
  // KV counts from the second in which it was asked.
  assert.ok(expiration * 1000 > now + 180_000, `${expiration} ${now}`);
});

test('object: what is done is forgotten with its time', async () => {
  const answers = await ask('object', [
    ['reserve', 'done', now + 1000, now],
    ['commit', 'done'],
    ['isCommitted', 'done'],
    ['reserve', 'done', now + 5000, now + 1001],
    ['isCommitted', 'done'],
  ]);
  assert.deepEqual(answers, [true, true, true, true, false]);
});

test('object: a key whose time is over can be taken again', async () => {
  const answers = await ask('object', [['reserve', 'old', now + 1000, now], ['reserve', 'old', now + 5000, now + 1000], ['reserve', 'old', now + 5000, now + 1001]]);
  assert.deepEqual(answers, [true, false, true]);
});

for (const [title, lost, answers] of [
  ['the reply', { replies: 1 }, [true, false]],
  // It cannot say who has the key, so it gives it back, and the message may come again.
  ['the replies to two questions', { replies: 2 }, ['failed', true]],
  ['the replies to three', { replies: 3 }, ['failed', true]],
  ['a question', { questions: 1 }, [true, false]],
  ['two questions', { questions: 2 }, ['failed', true]],
]) {
  test(`object: ${title} lost on the way`, async () => {
    assert.deepEqual(await ask('losing', [['reserve', title, until, now], ['reserve', title, until, now]], false, lost), answers);
  });
}

test('object: who has lost a reply gives nothing back that is another one\'s', async () => {
  const calls = [['reserve', 'of another', until, now]];
  assert.deepEqual(await ask('object', calls), [true]);
  assert.deepEqual(await ask('losing', calls, false, { replies: 2 }), ['failed']);
  assert.deepEqual(await ask('object', calls), [false]);
});

for (const [title, lost, answers] of [
  ['question is', { questions: 1 }, [true, true, true]],
  ['reply is', { replies: 1 }, [true, true, true]],
  ['question and two more are', { questions: 3 }, [true, true, true]],
  ['reply and two more are', { replies: 3 }, [true, true, true]],
  ['questions are all', { questions: 9 }, [true, 'failed', 'failed']],
]) {
  test(`object: a release whose ${title} lost`, async () => {
    const calls = [['reserve', title, until, now], ['release', title], ['reserve', title, until, now]];
    assert.deepEqual(await ask('losing', calls, false, { first: 1, ...lost }), answers);
  });
}

test('object: a release that is tried again takes nothing from who has the key by then', async () => {
  const { fetch, release } = objectOf(new Map());
  const lossy = async (url, { body }) => {
    if (!url.endsWith('/release')) return Response.json(await fetch(JSON.parse(body)));
    await release(JSON.parse(body));
    // The reply is lost, and a copy of the message comes.
    await fetch({ key: 'a', by: '2' });
    throw new Error('Network connection lost.');
  };
  const store = new DurableObjectReplayStore({ idFromName: (name) => name, get: () => ({ fetch: lossy }) });
  assert.deepEqual([await store.reserve('a', until, now), await store.release('a'), await fetch({ key: 'a', by: '3' })], [true, true, false]);
  // Who has not taken it has no mark to ask by.
  await assert.rejects(store.release('b'), { message: 'Network connection lost.' });
});

/** An object over what it keeps, asked as a Worker does. */
function objectOf(kept) {
  const storage = {
    ...{ get: async (key) => kept.get(key), put: async (key, value) => void kept.set(key, value), delete: async (keys) => [keys].flat().map((key) => kept.delete(key)) },
    ...{ list: async () => kept, getAlarm: async () => 1, setAlarm: async () => {} },
  };
  const object = new ReplayObject({ storage });
  const ask = async (task, asked) => (await object.fetch(new Request(`https://replay/${task}`, { method: 'POST', body: JSON.stringify({ nowMs: now, untilMs: until, ...asked }) }))).json();
  return { object, fetch: (asked) => ask('reserve', asked), release: (asked) => ask('release', asked) };
}

test('object: beside Workers and objects of an older version', async () => {
  // What they keep is a time and no more, and they send no mark.
  const kept = new Map([['old', until]]);
  const { object, fetch } = objectOf(kept);
  assert.deepEqual([await fetch({ key: 'old', by: '1' }), await fetch({ key: 'old' })], [false, false]);
  assert.deepEqual([await fetch({ key: 'sent by one' }), await fetch({ key: 'sent by one' })], [true, false]);
  assert.equal(kept.get('sent by one'), until);
  // They compare what is kept with a time.
  assert.equal(await fetch({ key: 'new', by: '4294967295'.repeat(4) }), true);
  assert.ok(kept.get('new') >= until && kept.get('new') < until + 1, kept.get('new'));
  await fetch({ key: 'over', untilMs: now - 1, by: '7' });
  await object.alarm();
  assert.deepEqual([...kept.keys()], ['old', 'sent by one', 'new']);
});

test('object: what comes late takes no key that was given back', async () => {
  const { fetch } = objectOf(new Map());
  const given = [await fetch({ key: 'late', by: '1' }), await fetch({ key: 'late', by: '1', untilMs: now - 1 }), await fetch({ key: 'late', by: '1' })];
  assert.deepEqual([given[0], given[2], await fetch({ key: 'late', by: '2' })], [true, false, true]);
});

/** KV as Cloudflare limits it: one write of a key in a second. Miniflare does not. */
function limitedKv() {
  const kept = new Map();
  const last = new Map();
  const write = (key) => {
    if (Date.now() - last.get(key) < 1000) throw new Error('KV failed: 429 Too Many Requests');
    last.set(key, Date.now());
  };
  return {
    get: async (key) => kept.get(key) ?? null,
    put: async (key, value) => {
      write(key);
      kept.set(key, value);
    },
    delete: async (key) => {
      write(key);
      kept.delete(key);
    },
  };
}

test('kv: a key is released within the second in which it was taken', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now });
  const store = new KvReplayStore(limitedKv());
  assert.equal(await store.reserve('a', until, now), true);
  let isOver = false;
  const released = store.release('a').finally(() => (isOver = true));
  for (let ms = 0; ms < 5000 && !isOver; ms++) {
    t.mock.timers.tick(1);
    await new Promise(setImmediate);
  }
  assert.equal(isOver && (await released), true);
  t.mock.timers.tick(1000);
  assert.equal(await store.reserve('a', until, now), true);
});

test('kv: what was written though its answer was lost is free again', async () => {
  const kept = new Map();
  let loses = true;
  const store = new KvReplayStore({
    get: async (key) => kept.get(key) ?? null,
    delete: async (key) => kept.delete(key),
    put: async (key, value) => {
      kept.set(key, value);
      if (loses) throw new Error('the answer was lost');
    },
  });
  await assert.rejects(store.reserve('a', until, now), { message: 'the answer was lost' });
  loses = false;
  assert.deepEqual([await store.reserve('a', until, now), await store.reserve('a', until, now)], [true, false]);
  await store.commit('a');
  assert.equal(await store.isCommitted('a'), true);
});

test('kv: what is left of work that was done says nothing of the next reservation', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now });
  const kept = new Map();
  const store = new KvReplayStore({
    get: async (key) => (kept.get(key)?.until > Date.now() ? kept.get(key).value : null),
    put: async (key, value, { expirationTtl }) => void kept.set(key, { value, until: Date.now() + expirationTtl * 1000 }),
    delete: async (key) => kept.delete(key),
  });
  await store.reserve('a', now + 5000);
  t.mock.timers.tick(4000);
  assert.deepEqual([await store.commit('a'), await store.isCommitted('a')], [true, true]);
  // KV keeps the key for its minute, and the mark for four seconds more.
  t.mock.timers.tick(57_000);
  assert.deepEqual([kept.size, await store.isCommitted('a')], [2, false]);
  assert.deepEqual([await store.reserve('a', until), await store.isCommitted('a'), await store.release('a')], [true, false, true]);
  assert.deepEqual([await store.reserve('a', until), await store.commit('a'), await store.release('a'), await store.isCommitted('a')], [true, true, false, true]);
});

test('kv: a release that fails again and again says so', async () => {
  let asked = 0;
  const store = new KvReplayStore({ get: async () => null, delete: () => Promise.reject(new Error(`away ${++asked}`)) });
  await assert.rejects(store.release('a'), { message: 'away 3' });
});

test('cache: a release that fails is tried again; one that fails again and again says so', async () => {
  let asked = 0;
  const away = (times) => new CacheReplayStore({ match: async () => undefined, delete: async () => (++asked > times ? true : Promise.reject(new Error(`away ${asked}`))) });
  assert.deepEqual([await away(2).release('a'), asked], [true, 3]);
  asked = 0;
  await assert.rejects(away(9).release('a'), { message: 'away 3' });
});
