// A store that many processes share, over a client of `redis` (node-redis) or `ioredis`.
import { setTimeout as sleep } from 'node:timers/promises';
import { CountermarkError } from './errors.mjs';

const COMMITTED = 'committed';

/** Frees a key, unless its work is done. Redis runs a script as one step. */
const RELEASE = `local value = redis.call('GET', KEYS[1]) if value and value ~= '${COMMITTED}' then return redis.call('DEL', KEYS[1]) end return 0`;

/** Frees a key that holds this value. */
const FORGET = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

/** When to try that: a client that has just failed connects again first. */
const FORGET_AFTER_MS = [0, 200, 1000, 5000];

/** How many keys to remember. Those of links are never settled. */
const TAKEN_MAX = 10_000;

export class RedisReplayStore {
  #send;
  #prefix;
  /** The keys that this process has taken and not yet settled, with their values. */
  #taken = new Map();

  constructor(client, { prefix = 'countermark:' } = {}) {
    this.#send = senderOf(client);
    this.#prefix = prefix;
  }

  async reserve(key, untilMs, nowMs = Date.now()) {
    if (!(Number.isSafeInteger(untilMs) && Number.isSafeInteger(nowMs))) throw new CountermarkError('CM_INVALID_INPUT\x1f\x1fa whole number');
    // Redis keeps no key whose time is over, so a second copy would find none.
    if (untilMs < nowMs) throw new CountermarkError('CM_TIMESTAMP_TOO_OLD');
    // A span and not a time: by a clock of Redis that is ahead, the key would be gone at once. It is taken to the end of its last
    // millisecond.
    const spanMs = untilMs - nowMs + 1;
    const name = this.#prefix + key;
    // A client sends a command again whose reply was lost: a key with the value of this call was free before.
    const value = crypto.randomUUID();
    try {
      const isTaken = (await this.#send(['SET', name, value, 'NX', 'PX', String(spanMs)])) === 'OK' || String(await this.#send(['GET', name])) === value;
      if (isTaken) this.#remember(name, value);
      return isTaken;
    } catch (error) {
      this.#forget(name, value);
      throw error;
    }
  }

  async commit(key) {
    this.#taken.delete(this.#prefix + key);
    return (await this.#send(['SET', this.#prefix + key, COMMITTED, 'XX', 'KEEPTTL'])) !== null;
  }

  async isCommitted(key) {
    return String(await this.#send(['GET', this.#prefix + key])) === COMMITTED;
  }

  async release(key) {
    const name = this.#prefix + key;
    const value = this.#taken.get(name);
    this.#taken.delete(name);
    try {
      return (await this.#send(['EVAL', RELEASE, '1', name])) === 1;
    } catch (error) {
      // With its value: later it may be another's.
      if (value !== undefined) this.#forget(name, value);
      throw error;
    }
  }

  #remember(name, value) {
    this.#taken.set(name, value);
    if (this.#taken.size > TAKEN_MAX) this.#taken.delete(this.#taken.keys().next().value);
  }

  /** Redis may hold a key all the same, and nobody would give it back. No one waits for it: Redis may be away for long. */
  async #forget(name, value) {
    for (const afterMs of FORGET_AFTER_MS) {
      await sleep(afterMs, undefined, { ref: false });
      try {
        return await this.#send(['EVAL', FORGET, '1', name, value]);
      } catch {
        // In the end the key goes with its time.
      }
    }
  }
}

/** How a client sends a command as it is. Those of `redis` for a cluster and for sentinels want to be told more, and would fail at each message. */
function senderOf(client) {
  if (typeof client?.call === 'function') return (args) => client.call(...args);
  if (typeof client?.sendCommand === 'function' && client.sendCommand.length <= 2) return (args) => client.sendCommand(args);
  throw new CountermarkError('CM_INVALID_CONFIG\x1f\x1fno client of ioredis, nor one of redis for a single server');
}
