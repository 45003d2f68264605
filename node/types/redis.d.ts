import type { ReplayStore } from './index.js';

/** A client of `redis` (node-redis), or its pool; those for a cluster and for sentinels are refused with `CM_INVALID_CONFIG`. */
interface NodeRedis {
  sendCommand(args: string[]): Promise<unknown>;
}

/** A client of `ioredis`, or its `Cluster`. */
interface IoRedis {
  call(command: string, ...args: string[]): Promise<unknown>;
}

/**
 * A store that many processes share: Redis 6 or later. A Redis that may evict keys, or lose them in a fail-over, lets a replay pass.
 *
 * Without Redis nothing is accepted. A key whose work failed while Redis was away is given back within some seconds, if Redis is there again
 * and the process too. Both clients hold commands back while they connect again: switch that off
 * (`disableOfflineQueue`, or `enableOfflineQueue: false`), or requests hang instead of being refused.
 */
export class RedisReplayStore implements ReplayStore {
  /** `prefix`: the start of its keys, `countermark:` unless said otherwise, as in the other languages. */
  constructor(client: NodeRedis | IoRedis, options?: { prefix?: string });
  reserve(key: string, untilMs: number, nowMs?: number): Promise<boolean>;
  commit(key: string): Promise<boolean>;
  isCommitted(key: string): Promise<boolean>;
  release(key: string): Promise<boolean>;
}
