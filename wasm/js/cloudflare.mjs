// Replay stores on what Cloudflare Workers have. Only the one on Durable Objects takes a key atomically.
// A key whose time is over, or is no time at all, is given to nobody: where keys end with their time, a second copy would find none. That is no error of the
// table here, since the stores go with either build and load no module.

/** One object for each of 256 groups of keys. What an object does between two events is one step, so of two copies one is refused. */
export class DurableObjectReplayStore {
  #namespace;
  /** The keys that this store has taken and not yet settled, with who took them and when. */
  #taken = new Map();

  constructor(namespace) {
    this.#namespace = namespace;
  }

  get atomic() {
    return true;
  }

  async reserve(key, untilMs, nowMs = Date.now()) {
    if (isOver(untilMs, nowMs)) return false;
    const by = mark();
    const ask = () => this.#ask('reserve', { key, untilMs, nowMs, by });
    try {
      // The object may have taken the key, and its reply was lost on the way. By the mark it knows who asks again.
      const isTaken = await ask().catch(ask);
      if (isTaken) this.#remember(key, { by, nowMs });
      return isTaken;
    } catch (error) {
      // Nobody else would give it back.
      await this.#forget(key, { by, nowMs }, FORGET_AFTER_MS).catch(() => {});
      throw error;
    }
  }

  commit(key) {
    this.#taken.delete(key);
    return this.#settle(key, 'commit');
  }

  isCommitted(key) {
    return this.#settle(key, 'is_committed');
  }

  /** As a reservation whose time is over, since older objects delete for any other task. */
  #settle(key, then) {
    return this.#ask('reserve', { key, untilMs: 0, nowMs: 0, then });
  }

  async release(key) {
    const taken = this.#taken.get(key);
    this.#taken.delete(key);
    try {
      return await this.#ask('release', { key });
    } catch (error) {
      // By its mark: it may have been given back already, and be another's by now.
      if (taken === undefined) throw error;
      await this.#forget(key, taken, RELEASE_AFTER_MS);
      return true;
    }
  }

  #remember(key, taken) {
    this.#taken.set(key, taken);
    if (this.#taken.size > TAKEN_MAX) this.#taken.delete(this.#taken.keys().next().value);
  }

  /** Gives back what was taken with this mark, by a time that is over. */
  #forget(key, { by, nowMs }, afterMs) {
    return tried(() => this.#ask('reserve', { key, untilMs: nowMs - 1, nowMs, by }), afterMs);
  }

  async #ask(task, asked) {
    const object = this.#namespace.get(this.#namespace.idFromName(await groupOf(asked.key)));
    const reply = await object.fetch(`https://replay/${task}`, { method: 'POST', body: JSON.stringify(asked) });
    if (!reply.ok) throw new Error(`the replay object answered ${reply.status}`);
    return reply.json();
  }
}

/** Keys are mostly hashes already, but need not be. */
async function groupOf(key) {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key));
  return new Uint8Array(hash)[0].toString(16).padStart(2, '0');
}

/** When to give a key back whose reservation has failed. The answer waits for it: what is left over, a Worker stops. */
const FORGET_AFTER_MS = [0, 200, 1000];

/** When to try a release again that has failed: an object that is being reset comes back. */
const RELEASE_AFTER_MS = [100, 300, 1000];

/** How many keys a store remembers. Those of links are never settled. */
const TAKEN_MAX = 10_000;

/** Does a task after each of these times until it succeeds; else it throws as the last one. */
async function tried(task, [ms, ...later]) {
  await new Promise((resolve) => setTimeout(resolve, ms));
  try {
    return await task();
  } catch (error) {
    if (later.length === 0) throw error;
    return tried(task, later);
  }
}

/** A random value for each reservation, in digits. */
const mark = () => crypto.getRandomValues(new Uint32Array(4)).join('');

/** In place of a mark, which has more digits. */
const DONE = '0';

/** How often an object looks for keys whose time is over. */
const SWEEP_MS = 3_600_000;

/** The class to bind. It forgets keys when their time is over, and no earlier. */
export class ReplayObject {
  #storage;

  constructor({ storage }) {
    this.#storage = storage;
  }

  async fetch(request) {
    const { key, ...asked } = await request.json();
    const task = new URL(request.url).pathname.slice(1);
    return Response.json(await this.#do(task, key, asked));
  }

  async #do(task, key, asked) {
    if (task === 'reserve' && asked.then === undefined) return this.#reserve(key, asked);
    const taken = entryOf(await this.#storage.get(key));
    const isDone = taken?.by === DONE;
    if (task !== 'reserve') return !isDone && this.#storage.delete(key);
    if (asked.then === 'is_committed') return isDone;
    if (taken) await this.#storage.put(key, textOf(taken.untilMs, DONE));
    return taken !== undefined;
  }

  /**
   * A caller who asks again hears that the key is his, and gives it back by a time that is over.
   * @param by the mark of the caller; older Workers send none
   */
  async #reserve(key, { untilMs, nowMs, by }) {
    const taken = entryOf(await this.#storage.get(key));
    const isFree = taken === undefined || taken.untilMs < nowMs;
    const isOwn = by !== undefined && taken?.by === by;
    // What he has given back he does not take again: that is an earlier question of his, which comes late.
    if (isOwn ? untilMs >= taken.untilMs : !isFree) return isOwn && !isFree;
    await this.#storage.put(key, by === undefined ? untilMs : textOf(untilMs, by));
    if ((await this.#storage.getAlarm()) === null) await this.#storage.setAlarm(Date.now() + SWEEP_MS);
    return true;
  }

  async alarm() {
    const kept = await this.#storage.list();
    const over = [...kept].filter(([, entry]) => entryOf(entry).untilMs < Date.now()).map(([key]) => key);
    // What one call may delete.
    for (let at = 0; at < over.length; at += 128) await this.#storage.delete(over.slice(at, at + 128));
    if (over.length < kept.size) await this.#storage.setAlarm(Date.now() + SWEEP_MS);
  }
}

/**
 * What is kept of a key: its time and, as if they were its fraction, the digits of who took it, or of work that is done. As a number it is the
 * time, as older objects keep it.
 */
const textOf = (untilMs, by) => `${untilMs}.${by}`;

function entryOf(kept) {
  if (kept === undefined) return undefined;
  const [untilMs, by] = String(kept).split('.');
  return { untilMs: Number(untilMs), by };
}

/** What is no whole number, such as NaN, is less than nothing. */
const isOver = (untilMs, nowMs) => !(Number.isSafeInteger(untilMs) && untilMs >= nowMs);

/** The whole seconds that reach beyond the last millisecond of a key's time. */
const secondsTo = (untilMs, nowMs) => Math.floor((untilMs - nowMs) / 1000) + 1;

/** KV refuses a second write of a key within a second, and a handler may fail sooner. */
const KV_RELEASE_AFTER_MS = [0, 1100, 1100];

/** KV keeps nothing for less than a minute. */
const expiring = (untilMs, nowMs) => ({ expirationTtl: Math.max(60, secondsTo(untilMs, nowMs)) });

const COMMITTED = 'committed';
const doneOf = (key) => `${key} ${COMMITTED}`;

/** Looks, and then writes: copies that come at once, or to two places within a minute, may both pass. */
export class KvReplayStore {
  #kv;

  constructor(kv) {
    this.#kv = kv;
  }

  get atomic() {
    return false;
  }

  async reserve(key, untilMs, nowMs = Date.now()) {
    if (isOver(untilMs, nowMs)) return false;
    if ((await this.#kv.get(key)) !== null) return false;
    const value = `${untilMs} ${crypto.randomUUID()}`;
    try {
      await this.#kv.put(key, value, expiring(untilMs, nowMs));
    } catch (failed) {
      // What was written though its answer got lost would be nobody's, and every retry of the sender refused.
      const forget = async () => (await this.#kv.get(key)) === value && this.#kv.delete(key);
      await tried(forget, KV_RELEASE_AFTER_MS).catch(() => {});
      throw failed;
    }
    return true;
  }

  /** Under a key of its own, since a handler may be done within the second in which KV writes no key twice. */
  async commit(key) {
    const taken = await this.#kv.get(key);
    if (taken === null) return false;
    const untilMs = Number.parseInt(taken, 10);
    // With the value of this reservation: the mark may outlive it, and says nothing of the next one.
    await this.#kv.put(doneOf(key), taken, expiring(untilMs, Date.now()));
    return true;
  }

  async isCommitted(key) {
    const [taken, done] = await Promise.all([key, doneOf(key)].map((one) => this.#kv.get(one)));
    return taken !== null && taken === done;
  }

  release(key) {
    const free = async () => {
      if (await this.isCommitted(key)) return false;
      await this.#kv.delete(key);
      return true;
    };
    return tried(free, KV_RELEASE_AFTER_MS);
  }
}

/** Sees one data centre only, looks before it writes, and may lose a key early: it spares work, and is no guard. */
export class CacheReplayStore {
  #cache;

  /** @param cache default: `caches.default` */
  constructor(cache = caches.default) {
    this.#cache = cache;
  }

  get atomic() {
    return false;
  }

  async reserve(key, untilMs, nowMs = Date.now()) {
    if (isOver(untilMs, nowMs)) return false;
    const address = addressOf(key);
    if ((await this.#cache.match(address)) !== undefined) return false;
    const value = `${untilMs} ${crypto.randomUUID()}`;
    try {
      await this.#cache.put(address, keptUntil(untilMs, nowMs, value));
      // Where Workers have no cache, nothing says so.
      if ((await this.#cache.match(address)) === undefined) throw new Error('the cache keeps nothing here');
    } catch (failed) {
      // What was written all the same would be nobody's, and every retry of the sender refused. What is not seen yet may be there.
      const forget = async () => ((await this.#textAt(address)) ?? value) === value && this.#cache.delete(address);
      await tried(forget, FORGET_AFTER_MS).catch(() => {});
      throw failed;
    }
    return true;
  }

  async commit(key) {
    const address = addressOf(key);
    const untilMs = Number.parseInt(await this.#textAt(address), 10);
    if (isOver(untilMs, Date.now())) return false;
    await this.#cache.put(address, keptUntil(untilMs, Date.now(), COMMITTED));
    return true;
  }

  async isCommitted(key) {
    return (await this.#textAt(addressOf(key))) === COMMITTED;
  }

  async #textAt(address) {
    return (await this.#cache.match(address))?.text();
  }

  release(key) {
    return tried(async () => !(await this.isCommitted(key)) && this.#cache.delete(addressOf(key)), FORGET_AFTER_MS);
  }
}

const keptUntil = (untilMs, nowMs, text) => new Response(text, { headers: { 'cache-control': `max-age=${secondsTo(untilMs, nowMs)}` } });

const addressOf = (key) => `https://replay.invalid/${encodeURIComponent(key)}`;
