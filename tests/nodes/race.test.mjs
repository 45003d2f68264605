// Four processes in four languages, one Redis or Valkey. See README.md.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { writeSection } from '../results.mjs';

// What scripts/test-nodes says: that of Redis, then that of Valkey, which speaks the same.
const SERVER = process.env.REDIS_SERVER ?? 'redis-server';
const PRODUCT = { 'redis-server': 'Redis', 'valkey-server': 'Valkey' }[basename(SERVER)];
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'countermark-nodes-'));
const socket = join(folder, 'socket');
const WORKERS = {
  rust: (socket) => ['target/debug/examples/redis_race', `redis+unix://${socket}`],
  node: (socket) => ['node', 'tests/nodes/worker.mjs', socket],
  python: (socket) => ['python/.venv/bin/python', 'tests/nodes/worker.py', socket],
  php: (socket) => ['php', '-d', 'ffi.enable=true', 'tests/nodes/worker.php', socket],
};
const NAMES = Object.keys(WORKERS);
const KEYS = 10_000;
// What the second test writes down needs the first one too.
let wasTakenOnce = false;
let redis;

async function startRedis() {
  // What it said must survive its end: see the README of the project.
  const keep = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  redis = spawn(SERVER, ['--port', '0', '--unixsocket', socket, '--dir', folder, ...keep], { stdio: 'ignore' });
  for (;;) {
    const client = connect(socket);
    const [up] = await Promise.race([once(client, 'connect').then(() => [true]), once(client, 'error').then(() => [false])]).catch(() => [false]);
    client.destroy();
    if (up) return;
    await sleep(20);
  }
}

async function stopRedis(signal) {
  const gone = once(redis, 'exit');
  redis.kill(signal);
  await gone;
}

/** A worker: `ask` gives what came of a key. Answers come in order. */
class Worker {
  #child;
  #waiting = [];

  constructor(name, at = socket) {
    const [command, ...args] = WORKERS[name](at);
    this.#child = spawn(command, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const { key, resolve } = this.#waiting.shift();
      const [answered, said] = line.split(' ');
      assert.equal(answered, key);
      resolve(said);
    });
    this.#child.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting) reject(new Error(`${name} ended with ${code ?? signal}`));
    });
  }

  ask(key) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ key, resolve, reject });
      this.#child.stdin.write(`${key}\n`);
    });
  }

  end = () => this.#child.stdin.end();
}

/** A way to Redis on which answers can be held back. */
class LateRedis {
  socket;
  #server;
  #held;
  #arrived;
  #loses = false;

  async listen(name) {
    this.socket = join(folder, name);
    this.#server = createServer((client) => {
      const server = connect(socket);
      client.pipe(server);
      server.on('data', async (answer) => {
        this.#arrived?.();
        await this.#held;
        if (!this.#loses) return client.write(answer);
        this.#loses = false;
        client.destroy();
      });
      for (const [one, other] of [[client, server], [server, client]]) one.on('error', () => {}).on('close', () => other.destroy());
    });
    await once(this.#server.listen(this.socket), 'listening');
  }

  /** From now on nothing is answered; gives what waits until Redis has answered something, and what lets the answers go. */
  hold() {
    let release;
    this.#held = new Promise((resolve) => (release = resolve));
    return { arrived: new Promise((resolve) => (this.#arrived = resolve)), release };
  }

  /** The next answer is lost, and the connection with it. */
  lose() {
    this.#loses = true;
  }

  close = () => this.#server.close();
}

const workers = new Map();
before(async () => {
  await startRedis();
  for (const name of NAMES) workers.set(name, new Worker(name));
  // All are up before the first key.
  await Promise.all([...workers].map(([name, worker]) => worker.ask(`hello-${name}`)));
});
after(async () => {
  for (const worker of workers.values()) worker.end();
  await stopRedis('SIGTERM');
  rmSync(folder, { recursive: true });
});

test(`${PRODUCT}: of 10,000 keys each is taken exactly once, by one of four processes`, async () => {
  const takers = Array.from({ length: KEYS }, () => []);
  // A hundred keys at a time, and each process begins with other ones of them, so that none is ahead of the others for long.
  const BLOCK = 100;
  for (let block = 0; block < KEYS; block += BLOCK) {
    await Promise.all(
      [...workers].map(async ([name, worker], index) => {
        const keys = Array.from({ length: BLOCK }, (_, at) => block + ((at + (index * BLOCK) / NAMES.length) % BLOCK));
        const answers = await Promise.all(keys.map((key) => worker.ask(`first-${key}`)));
        keys.forEach((key, at) => {
          assert.ok(answers[at] === 'ok' || answers[at] === 'REPLAYED', `${name}: ${answers[at]}`);
          if (answers[at] === 'ok') takers[key].push(name);
        });
      }),
    );
  }
  assert.deepEqual(takers.filter((names) => names.length !== 1), []);
  const shares = NAMES.map((name) => `${name} ${takers.filter(([taker]) => taker === name).length}`);
  for (const name of NAMES) assert.ok(takers.some(([taker]) => taker === name), `${name} took none`);
  console.log(`taken by ${shares.join(', ')}`);
  wasTakenOnce = true;
});

test('each holds a key for its time: to its last moment, and PHP, which counts seconds, for less than one more', async () => {
  for (const [name, worker] of workers) {
    const before = Date.now();
    assert.equal(await worker.ask(`time-${name}`), 'ok');
    const after = Date.now();
    const client = connect(socket);
    client.write(`PEXPIRETIME race:time-${name}\r\n`);
    const [answer] = await once(client.setEncoding('utf8'), 'data');
    client.destroy();
    // The workers ask for ten minutes.
    const heldUntil = Number(answer.slice(1));
    assert.ok(heldUntil >= before + 600_000 && heldUntil <= after + 600_000 + 1000, `${name}: ${heldUntil - before} ms`);
  }
});

test('nobody gets a key whose time is over: Redis would keep none, and the second copy would get it too', async () => {
  for (const [name, worker] of workers) assert.equal(await worker.ask(`over-${name}`), 'TIMESTAMP_TOO_OLD', name);
});

for (const [index, name] of NAMES.entries()) {
  // A race that chance decides may never meet the moment between a question whether a key is free and its being taken. This one does.
  test(`${name} takes a key in one step: whoever comes while its answer is on the way gets it never`, async (t) => {
    const redis = new LateRedis();
    await redis.listen(`late-${name}`);
    t.after(() => redis.close());
    const [late, other] = [new Worker(name, redis.socket), workers.get(NAMES[(index + 1) % NAMES.length])];
    t.after(() => late.end());
    assert.equal(await late.ask(`hello-late-${name}`), 'ok');
    const { arrived, release } = redis.hold();
    const answer = late.ask(`late-${name}`);
    await arrived;
    const second = await other.ask(`late-${name}`);
    release();
    assert.deepEqual([await answer, second], ['ok', 'REPLAYED']);
  });
}

for (const name of NAMES) {
  test(`${name} gives a key whose answer was lost to the next try: the sender would be refused for as long as it is kept`, async (t) => {
    const redis = new LateRedis();
    await redis.listen(`lost-${name}`);
    t.after(() => redis.close());
    const worker = new Worker(name, redis.socket);
    t.after(() => worker.end());
    assert.equal(await worker.ask(`hello-lost-${name}`), 'ok');
    redis.lose();
    const said = [];
    // A client that has just failed may need a moment.
    for (let tries = 0; said.at(-1) !== 'ok' && tries < 80; tries++) {
      if (tries > 0) await sleep(100);
      said.push(await worker.ask(`lost-${name}`));
    }
    assert.equal(said.at(-1), 'ok', said.join(' '));
    assert.equal(await worker.ask(`lost-${name}`), 'REPLAYED');
  });
}

test('what one has done, each of the others knows, and frees no more', async () => {
  // Rust has no receivers: it takes keys and frees them.
  const able = NAMES.filter((name) => name !== 'rust');
  for (const doer of able) {
    const key = `done-by-${doer}`;
    const all = (task, names = able) => Promise.all(names.map((name) => workers.get(name).ask(`${task}:${key}`)));
    assert.equal(await workers.get(doer).ask(key), 'ok');
    assert.deepEqual(await all('is_committed'), able.map(() => 'false'), key);
    await workers.get(doer).ask(`commit:${key}`);
    assert.deepEqual(await all('is_committed'), able.map(() => 'true'), key);
    await all('release', NAMES);
    for (const name of NAMES) assert.equal(await workers.get(name).ask(key), 'REPLAYED', `${key}: ${name}`);
  }
});

test(`${PRODUCT} killed in the middle: all refuse, nothing is taken twice, all recover`, async () => {
  const takers = Array.from({ length: KEYS }, () => []);
  const refused = new Map(NAMES.map((name) => [name, 0]));
  let restart;
  const outage = async () => {
    await stopRedis('SIGKILL');
    // Until all have seen it.
    for (let tries = 0; tries < 1000 && [...refused.values()].some((count) => count === 0); tries++) await sleep(20);
    await startRedis();
  };
  const BLOCK = 100;
  for (let block = 0; block < KEYS; block += BLOCK) {
    if (block === KEYS / 2) restart = outage();
    await Promise.all(
      [...workers].map(async ([name, worker]) => {
        let keys = Array.from({ length: BLOCK }, (_, at) => block + at);
        // A sender delivers again what was refused for now.
        for (let tries = 0; keys.length > 0; tries++) {
          assert.ok(tries < 1000, `${name} does not recover`);
          const said = await Promise.all(keys.map((key) => worker.ask(`second-${key}`)));
          keys.forEach((key, index) => said[index] === 'ok' && takers[key].push(name));
          keys = keys.filter((_, index) => said[index] === 'STORE_UNAVAILABLE');
          refused.set(name, refused.get(name) + keys.length);
          if (keys.length > 0) await sleep(20);
        }
      }),
    );
  }
  await restart;
  for (const [name, count] of refused) assert.ok(count > 0, `${name} refused nothing`);
  assert.deepEqual(takers.filter((names) => names.length > 1), []);
  // What Redis kept while its answer was lost is taken by nobody: refused once too often, never once too few.
  const lost = takers.filter((names) => names.length === 0).length;
  assert.ok(lost <= BLOCK * NAMES.length, `${lost} lost`);
  assert.ok(wasTakenOnce, 'the first race');
  const [version] = /v=[\d.]+/.exec(execFileSync(SERVER, ['--version'], { encoding: 'utf8' }));
  writeSection(
    `Several nodes, ${PRODUCT}`,
    `${NAMES.length} processes (${NAMES.join(', ')}) took the same ${KEYS.toLocaleString('en')} keys through one ${PRODUCT} (${version.slice(2)}): each was taken exactly once. ` +
      'Killed in the middle of as many again, all refused with `STORE_UNAVAILABLE`, none was taken twice, all recovered by themselves: ' +
      '`scripts/test nodes`.',
  );
  console.log(`refused while it was away: ${[...refused].map(([name, count]) => `${name} ${count}`).join(', ')}; answers lost: ${lost}`);
});
