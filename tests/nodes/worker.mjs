// The Node process: a key a line, which it takes, or what else to do with it; and what came of it.
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { RedisReplayStore } from '../../node/js/redis.mjs';

const { Redis } = createRequire(new URL('../../node/package.json', import.meta.url))('ioredis');
// Without a queue for later: what cannot be asked now is refused now.
const client = new Redis({ path: process.argv[2], enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 2000, retryStrategy: () => 50 });
client.on('error', () => {});
const store = new RedisReplayStore(client, { prefix: 'race:' });
await new Promise((resolve) => client.once('ready', resolve));

function reserve(key) {
  const now = Date.now();
  return store.reserve(key, key.startsWith('over-') ? now - 1 : now + 600_000, now).then(
    (taken) => (taken ? 'ok' : 'REPLAYED'),
    (error) => error.code?.match(/^CM_(.*)/)?.[1] ?? 'STORE_UNAVAILABLE',
  );
}

/** What else a line can ask, before its key. */
const MORE = { 'commit:': (key) => store.commit(key), 'is_committed:': (key) => store.isCommitted(key), 'release:': (key) => store.release(key) };

for await (const line of createInterface({ input: process.stdin })) {
  const [, task, key] = /^([a-z_]+:)?(.*)$/.exec(line);
  process.stdout.write(`${line} ${await (task ? MORE[task](key) : reserve(key))}\n`);
}
client.disconnect();
