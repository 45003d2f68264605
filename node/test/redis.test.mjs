// The Redis store, with both clients and a real server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, Redis } from 'ioredis';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import { LoginClient } from 'countermark';
import { webhook } from 'countermark/lambda';
import { RedisReplayStore } from 'countermark/redis';
import { signWebhook } from 'countermark/testing';
import { freePort } from '../../tests/free-port.mjs';
import { idServer, redisServer, until } from './support.mjs';

const signing = { scheme: 'standard-webhooks', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
const options = { scheme: signing.scheme, keys: [{ id: '1', secret: signing.secret }], maxBodyBytes: 1000 };
let messages = 0;

/** Between a client and Redis: breaks the line off in place of handing on the next reply, as often as `lose` says. */
async function lossyLine(path, folder) {
  const line = { path: join(folder, 'line'), lose: 0, sockets: new Set() };
  const server = createServer((client) => {
    const redis = connect(path);
    for (const socket of [client, redis]) {
      line.sockets.add(socket);
      socket.on('error', () => {}).on('close', () => {
        client.destroy();
        redis.destroy();
      });
    }
    client.pipe(redis);
    redis.on('data', (reply) => {
      if (line.lose > 0) {
        line.lose--;
        line.lost = String(reply);
        redis.destroy();
      } else client.write(reply);
    });
  });
  await new Promise((resolve) => server.listen(line.path, resolve));
  line.close = () => {
    server.close();
    for (const socket of line.sockets) socket.destroy();
  };
  return line;
}

/** A client of `ioredis` for a cluster of one node. */
async function clusterOf(t, folder) {
  const [port, bus] = [await freePort(), await freePort()];
  // Without others, a node does not know its own address.
  const args = ['--port', port, '--cluster-port', bus, '--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--save', '', '--dir', folder];
  const server = spawn('redis-server', args.map(String), { stdio: 'ignore' });
  t.after(() => server.kill());
  const node = new Redis(port, { retryStrategy: () => 20, maxRetriesPerRequest: null, enableReadyCheck: false }).on('error', () => {});
  await node.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  await until(async () => /cluster_state:ok/.test(await node.call('CLUSTER', 'INFO')));
  node.disconnect();
  const cluster = new Cluster([{ host: '127.0.0.1', port }]).on('error', () => {});
  t.after(() => cluster.disconnect());
  return cluster;
}

test('redis', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'countermark-redis-'));
  const { path, server } = await redisServer(folder);
  t.after(() => {
    server.kill();
    rmSync(folder, { recursive: true });
  });
  const nodeRedis = createClient({ socket: { path } }).on('error', () => {});
  await nodeRedis.connect();
  const ioRedis = new Redis({ path });
  const pool = await createClientPool({ socket: { path } }).on('error', () => {}).connect();
  const cluster = await clusterOf(t, folder);
  t.after(() => nodeRedis.destroy());
  t.after(() => ioRedis.disconnect());
  t.after(() => pool.destroy());

  for (const [name, client] of Object.entries({ nodeRedis, ioRedis, pool, cluster })) {
    const store = new RedisReplayStore(client, { prefix: `${name}:` });
    const later = () => Date.now() + 60_000;

    await t.test(`${name}: of a hundred at once one succeeds`, async () => {
      const all = await Promise.all(Array.from({ length: 100 }, () => store.reserve('once', later())));
      assert.equal(all.filter(Boolean).length, 1);
    });

    await t.test(`${name}: released, a key is free; committed, it is not`, async () => {
      assert.equal(await store.reserve('a', later()), true);
      assert.equal(await store.release('a'), true);
      assert.equal(await store.release('a'), false);
      assert.equal(await store.reserve('a', later()), true);
      assert.equal(await store.isCommitted('a'), false);
      assert.equal(await store.commit('a'), true);
      assert.equal(await store.isCommitted('a'), true);
      assert.equal(await store.release('a'), false);
      assert.equal(await store.reserve('a', later()), false);
      assert.equal(await store.commit('never taken'), false);
      assert.equal(await store.isCommitted('never taken'), false);
    });

    await t.test(`${name}: a clock that differs from that of Redis frees no key`, async () => {
      const [nowMs, untilMs] = [1_700_000_000_000, 1_700_000_060_000];
      assert.equal(await store.reserve('clock', untilMs, nowMs), true);
      assert.equal(await store.reserve('clock', untilMs, nowMs), false);
    });

    await t.test(`${name}: a time that is none takes no key`, async () => {
      for (const wrong of [NaN, Infinity, -Infinity, 0.5, 2 ** 53, 1n, '1', {}, null]) {
        await assert.rejects(store.reserve('none', wrong), { code: 'CM_INVALID_INPUT' });
        await assert.rejects(store.reserve('none', later(), wrong), { code: 'CM_INVALID_INPUT' });
      }
      assert.equal(await store.reserve('none', later()), true);
    });

    await t.test(`${name}: a key ends with its time, committed or not`, async () => {
      const asked = ['PEXPIRETIME', `${name}:timed`];
      const endsAtMs = async () => Number(await (client.call ? client.call(...asked) : client.sendCommand(asked)));
      const untilMs = later();
      assert.equal(await store.reserve('timed', untilMs), true);
      const ends = await endsAtMs();
      assert.ok(ends >= untilMs && ends <= Date.now() + 60_001, `${ends - untilMs}`);
      assert.equal(await store.commit('timed'), true);
      assert.equal(await store.reserve('timed', untilMs), false);
      assert.equal(await endsAtMs(), ends);
    });
  }

  await t.test('a client that takes other arguments is refused before the first message', () => {
    const url = 'redis://localhost:1';
    const sentinel = createSentinel({ name: 'a', sentinelRootNodes: [{ host: 'localhost', port: 1 }] });
    for (const wrong of [createCluster({ rootNodes: [{ url }] }), sentinel, {}, undefined, null, 'redis://localhost']) {
      assert.throws(() => new RedisReplayStore(wrong), { code: 'CM_INVALID_CONFIG' });
    }
  });

  await t.test('while Redis is away nothing passes, and afterwards all goes on', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'countermark-redis-'));
    t.after(() => rmSync(folder, { recursive: true }));
    let { path, server } = await redisServer(folder);
    t.after(() => server.kill());
    const nodeRedis = await createClient({ socket: { path, reconnectStrategy: () => 20 }, disableOfflineQueue: true }).on('error', () => {}).connect();
    const ioRedis = new Redis({ path, enableOfflineQueue: false, retryStrategy: () => 20, maxRetriesPerRequest: 0 }).on('error', () => {});
    t.after(() => nodeRedis.destroy());
    t.after(() => ioRedis.disconnect());
    for (const [name, client] of Object.entries({ nodeRedis, ioRedis })) {
      const store = new RedisReplayStore(client);
      const handle = webhook({ ...options, store }, () => {});
      const send = async () => {
        const { headers, body } = signWebhook({ ...signing, body: '{}', messageId: `msg_${messages++}` });
        return (await handle({ headers: Object.fromEntries(headers), body })).statusCode;
      };
      const answers = async (status) => {
        await until(async () => (await send()) === status);
        assert.equal(await send(), status, name);
      };
      await answers(200);
      server.kill();
      await once(server, 'exit');
      await answers(503);
      ({ server } = await redisServer(folder));
      await answers(200);
    }
  });

  await t.test('a client that asks again has its own key', async (t) => {
    const line = await lossyLine(path, folder);
    // It takes no `INFO` on its way, which would be the reply that is lost.
    const client = new Redis({ path: line.path, enableReadyCheck: false, retryStrategy: () => 20 }).on('error', () => {});
    t.after(() => line.close());
    t.after(() => client.disconnect());
    const store = new RedisReplayStore(client);
    await client.ping();
    line.lose = 1;
    assert.equal(await store.reserve('again', Date.now() + 60_000), true);
    assert.equal(line.lose, 0);
    assert.equal(await store.reserve('again', Date.now() + 60_000), false);
    assert.equal(await store.commit('again'), true);
    assert.equal(await store.release('again'), false);
  });

  await t.test('a key whose reply is lost is given back, and no other', async (t) => {
    const line = await lossyLine(path, folder);
    t.after(() => line.close());
    const clients = {
      nodeRedis: () => createClient({ socket: { path: line.path, reconnectStrategy: () => 20 }, disableOfflineQueue: true }).on('error', () => {}).connect(),
      ioRedis: () => new Redis({ path: line.path, enableOfflineQueue: false, enableReadyCheck: false, retryStrategy: () => 20, maxRetriesPerRequest: 0 }).on('error', () => {}),
    };
    for (const [name, connected] of Object.entries(clients)) {
      const client = await connected();
      t.after(() => (client.destroy ?? client.disconnect).call(client));
      const store = new RedisReplayStore(client, { prefix: `${name}:` });
      const scripts = async () => /cmdstat_eval:calls=\d+/.exec(await ioRedis.info('commandstats'))?.[0];
      let scriptsBefore;
      /** Takes a key, and gives the reply that is lost. */
      const lost = async (key) => {
        await until(() => store.release('none').then(() => true, () => false));
        scriptsBefore = await scripts();
        line.lose = 1;
        await assert.rejects(store.reserve(key, Date.now() + 60_000), undefined, name);
        return line.lost;
      };
      assert.equal(await lost('lost'), '+OK\r\n');
      await until(async () => !(await ioRedis.exists(`${name}:lost`)));
      // That of somebody else stays.
      await ioRedis.set(`${name}:other`, 'theirs');
      assert.notEqual(await lost('other'), '+OK\r\n');
      // To free it has been tried.
      await until(async () => (await scripts()) !== scriptsBefore);
      assert.equal(await ioRedis.get(`${name}:other`), 'theirs');
    }
  });

  await t.test('a key that cannot be given back at once is given back later, and no other', async () => {
    let isAway = false;
    const client = { call: (...args) => (isAway ? Promise.reject(new Error('away')) : ioRedis.call(...args)) };
    const store = new RedisReplayStore(client, { prefix: 'back:' });
    const failing = async (key) => {
      isAway = true;
      await assert.rejects(store.release(key), { message: 'away' });
      await sleep(50);
    };
    const later = () => Date.now() + 60_000;
    for (const key of ['own', 'other', 'done']) assert.equal(await store.reserve(key, later()), true);
    assert.equal(await store.commit('done'), true);
    for (const key of ['own', 'other', 'done']) await failing(key);
    // Its time was over, and somebody else has taken it since.
    await ioRedis.set('back:other', 'theirs');
    // This process has never taken it.
    await ioRedis.set('back:unknown', 'theirs');
    await failing('unknown');
    isAway = false;
    await until(async () => !(await ioRedis.exists('back:own')));
    assert.equal(await store.reserve('own', later()), true);
    await sleep(1500);
    assert.deepEqual(await ioRedis.mget('back:other', 'back:unknown', 'back:done'), ['theirs', 'theirs', 'committed']);
    assert.equal(await store.reserve('own', later()), false, 'what was taken again stays taken');
  });

  await t.test('two login clients share one', async (t) => {
    const idp = await idServer('--id', 'alice');
    t.after(idp.stop);
    const client = () => new LoginClient({ server: idp.server, serviceName: 'a', serviceAddress: 'b', store: new RedisReplayStore(ioRedis) });
    const [first, second] = [client(), client()];
    const { session } = await first.begin('alice');
    await assert.rejects(second.begin('alice'), { code: 'CM_BUSY' });
    await idp.control('PUT', 'plan', { steps: [{ after_polls: 0, action: 'approve' }] });
    await idp.control('POST', `sessions/${session.authSessionId}`, { action: 'approve' });
    assert.equal((await first.check(session)).requireApproved(), 'alice');
    await assert.rejects(second.check(session), { code: 'CM_ALREADY_CONSUMED' });
    await second.begin('alice');
  });

  await t.test('without the store nobody logs in', async (t) => {
    const idp = await idServer('--id', 'alice');
    t.after(idp.stop);
    const store = { reserve: () => { throw new Error('away'); }, release: () => true, commit: () => true };
    const client = new LoginClient({ server: idp.server, serviceName: 'a', serviceAddress: 'b', store });
    await assert.rejects(client.begin('alice'), { code: 'CM_STORE_UNAVAILABLE' });
    assert.deepEqual(await idp.control('GET', 'transcript'), []);
  });
});
