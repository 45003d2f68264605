// What only this package has.
import { CacheReplayStore, DurableObjectReplayStore, KvReplayStore, ReplayObject, type EdgeReplayStore } from '@countermark/wasm/cloudflare';
import { CountermarkLogin } from '@countermark/wasm/element';
import { init, initSync, version } from '@countermark/wasm/init';
import { SignedQueryVerifier, WebhookVerifier } from '@countermark/wasm/verifier';
import { init as initVerifier } from '@countermark/wasm/verifier/init';
import type { ReplayStore } from '@countermark/wasm';

declare const namespace: ConstructorParameters<typeof DurableObjectReplayStore>[0];
declare const kv: ConstructorParameters<typeof KvReplayStore>[0];

const stores: EdgeReplayStore[] = [new DurableObjectReplayStore(namespace), new KvReplayStore(kv), new CacheReplayStore()];
const plain: ReplayStore[] = stores;
new DurableObjectReplayStore(namespace).atomic satisfies true;
new KvReplayStore(kv).atomic satisfies false;

document.querySelector('countermark-login')?.addEventListener('countermark-state', ({ detail }) => detail.final satisfies boolean);
document.createElement('countermark-login') satisfies CountermarkLogin;

// @ts-expect-error Adapters of frameworks ask it: they are in the full build.
new WebhookVerifier({ scheme: 'github', keys: [] }).siteOrigin('https://hooks.example');

export const loaded = init(fetch('/countermark.wasm')).then(() => initVerifier(new Uint8Array()));
initSync(new ArrayBuffer(0));
export { ReplayObject, SignedQueryVerifier, plain, version };
