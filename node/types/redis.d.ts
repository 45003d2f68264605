import type { ReplayStore } from './index.js';

/** A client of `redis` (node-redis). */
interface NodeRedis {
  sendCommand(args: string[]): Promise<unknown>;
}

/** A client of `ioredis`. */
interface IoRedis {
  call(command: string, ...args: string[]): Promise<unknown>;
}

/** A store that many processes share: Redis 7, or 6.2. A Redis that may evict keys, or lose them in a fail-over, lets a replay pass. */
export class RedisReplayStore implements ReplayStore {
  constructor(client: NodeRedis | IoRedis, options?: { prefix?: string });
  reserve(key: string, untilMs: number): Promise<boolean>;
  commit(key: string): Promise<boolean>;
  release(key: string): Promise<boolean>;
}
