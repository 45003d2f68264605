import type { ReplayStore } from './index.js';

/** A replay store that says whether of two copies of a message that arrive at once, one is always refused. */
export interface EdgeReplayStore extends ReplayStore {
  readonly atomic: boolean;
}

interface ObjectNamespace {
  idFromName(name: string): any;
  get(id: any): { fetch(url: string, init?: any): Promise<any> };
}

/** On Durable Objects: **atomic**, for all places of the world. Bind a namespace to the class {@link ReplayObject}, and export that. */
export class DurableObjectReplayStore implements EdgeReplayStore {
  constructor(namespace: ObjectNamespace);
  readonly atomic: true;
  reserve(key: string, untilMs: number, nowMs?: number): Promise<boolean>;
  commit(key: string): Promise<boolean>;
  isCommitted(key: string): Promise<boolean>;
  /** What this store has reserved is tried again for about a second, as while the object is being reset. */
  release(key: string): Promise<boolean>;
}

/** The class of the Durable Objects that {@link DurableObjectReplayStore} asks. */
export class ReplayObject {
  /** By this Cloudflare's own types know such a class: a namespace is one of `DurableObjectNamespace<ReplayObject>`. There is no such value. */
  readonly __DURABLE_OBJECT_BRAND: never;
  constructor(state: { storage: any });
  fetch(request: any): Promise<any>;
  alarm(): Promise<void>;
}

/** On Workers KV: **not atomic**. Copies that come at once, or to two places within about a minute, may both pass. */
export class KvReplayStore implements EdgeReplayStore {
  constructor(kv: { get(key: string): Promise<string | null>; put(key: string, value: string, options?: any): Promise<void>; delete(key: string): Promise<void> });
  readonly atomic: false;
  reserve(key: string, untilMs: number, nowMs?: number): Promise<boolean>;
  commit(key: string): Promise<boolean>;
  isCommitted(key: string): Promise<boolean>;
  release(key: string): Promise<boolean>;
}

/** On the Cache API: **not atomic**, for one data centre only, and keys may be lost early. It spares work, and is no guard. */
export class CacheReplayStore implements EdgeReplayStore {
  constructor(cache?: { match(url: string): Promise<any>; put(url: string, response: any): Promise<void>; delete(url: string): Promise<boolean> });
  readonly atomic: false;
  reserve(key: string, untilMs: number, nowMs?: number): Promise<boolean>;
  commit(key: string): Promise<boolean>;
  isCommitted(key: string): Promise<boolean>;
  release(key: string): Promise<boolean>;
}
