// The adapters that make logins over a network: those named on the command line, or all.
import { existsSync, readdirSync } from 'node:fs';
import { Adapter } from '../conformance/adapter.mjs';
import { skips } from '../conformance/skips.mjs';
import { vectors } from '../conformance/vectors.mjs';

const all = vectors();
const folder = new URL('../adapters/', import.meta.url);
const named = process.argv.slice(2);
// Where no login over a network can be asked, `skips.json` says why.
const logins = all.filter(({ servers }) => servers);
const hasNetwork = (name) => logins.some(({ id }) => !skips(name, all).has(id));
const found = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/run`, folder)) && hasNetwork(name));

export const isWhole = named.length === 0;
export const names = isWhole ? found : named;
export const adapters = new Map(names.map((name) => [name, new Adapter(name)]));
// To begin may take longer than a login may.
await Promise.all([...adapters.values()].map((adapter) => adapter.ask({ op: 'ident.normalize', id: 0, secsignid: 'alice' })));

/** Whether it takes root certificates; fetch does not. */
export const takesRoots = (name) => logins.every(({ id, request }) => !request.ca_pem || !skips(name, all).has(id));

export const LOGIN = { op: 'login.run', id: 0, service_name: 'Example', service_address: 'https://example.com', secsignid: 'alice' };
/** How long a request may take: so long that a busy machine is never too slow, except where this is what the fault is about. */
export const limitMs = (error) => (error === 'TIMEOUT' ? 8000 : 60_000);
export const times = (ms) => ({ connect_timeout_ms: ms, total_timeout_ms: ms });
// After the shorter one with what a busy machine may add, and long before the longer one: what takes more hangs.
export const GOOD_TIME_MS = 30_000;
