// A Worker with the types that Wrangler writes, or with `@cloudflare/workers-types`.
import { CacheReplayStore, DurableObjectReplayStore, KvReplayStore, ReplayObject } from '@countermark/wasm/cloudflare';
import { webhook } from '@countermark/wasm/fetch';
import { webhook as onHono } from '@countermark/wasm/hono';
import { Hono } from 'hono';

interface Env {
  GITHUB_SECRET: string;
  REPLAY: DurableObjectNamespace<ReplayObject>;
  KV: KVNamespace;
}
declare const env: Env;
const options = { scheme: 'github', keys: [{ id: '1', secret: env.GITHUB_SECRET }], maxBodyBytes: 1_000_000, keepS: 86_400 };
const stores = { object: new DurableObjectReplayStore(env.REPLAY), kv: new KvReplayStore(env.KV), cache: new CacheReplayStore(caches.default) };

export default {
  fetch: webhook({ ...options, store: stores.object }, (hook) => console.log(hook.json())),
} satisfies ExportedHandler<Env>;

export const withContext = {
  fetch: webhook({ ...options, store: stores.kv }, (hook, request: Request, env: Env, context: ExecutionContext) => context.waitUntil(env.KV.put('a', hook.text()))),
} satisfies ExportedHandler<Env>;

const receive = webhook({ ...options, store: stores.cache }, (hook) => hook.json());
export const called = { fetch: (request, env, context) => receive(request, env, context) } satisfies ExportedHandler<Env>;

const app = new Hono<{ Bindings: Env }>();
app.post('/hook', onHono(options, (hook, context) => context.env.KV.put('a', hook.text())));

export { ReplayObject, app };
