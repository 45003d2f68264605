// A store that many processes share, over a client of `redis` (node-redis) or `ioredis`.
import { CountermarkError } from './errors.mjs';

const RESERVED = 'reserved';
const COMMITTED = 'committed';

/** Frees a key, unless its work is done. Redis runs a script as one step. */
const RELEASE = `if redis.call('GET', KEYS[1]) == '${RESERVED}' then return redis.call('DEL', KEYS[1]) end return 0`;

export class RedisReplayStore {
  #send;
  #prefix;

  constructor(client, { prefix = 'countermark:' } = {}) {
    this.#send = typeof client.call === 'function' ? (args) => client.call(...args) : (args) => client.sendCommand(args);
    this.#prefix = prefix;
  }

  async reserve(key, untilMs, nowMs = Date.now()) {
    if (!(Number.isSafeInteger(untilMs) && Number.isSafeInteger(nowMs))) throw new CountermarkError('CM_INVALID_INPUT\x1f\x1fa whole number');
    // Redis keeps no key whose time is over, so a second copy would find none.
    if (untilMs < nowMs) throw new CountermarkError('CM_TIMESTAMP_TOO_OLD');
    // A span and not a time: by a clock of Redis that is ahead, the key would be gone at once. It is taken to the end of its last
    // millisecond.
    const spanMs = untilMs - nowMs + 1;
    return (await this.#send(['SET', this.#prefix + key, RESERVED, 'NX', 'PX', String(spanMs)])) === 'OK';
  }

  async commit(key) {
    return (await this.#send(['SET', this.#prefix + key, COMMITTED, 'XX', 'KEEPTTL'])) !== null;
  }

  async release(key) {
    return (await this.#send(['EVAL', RELEASE, '1', this.#prefix + key])) === 1;
  }
}
