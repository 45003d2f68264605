// The package in a realm of its own, as Jest and the `vmThreads` of Vitest load it: the addon is that of the main one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compileFunction, createContext, runInContext } from 'node:vm';

const main = createRequire(import.meta.url);
const js = fileURLToPath(new URL('../js', import.meta.url));

/** A realm that has what Jest hands over, and its own `require`: what it loads runs within, the addon and Node's modules outside. */
function realm() {
  const { crypto, Headers, Request, Response, TextDecoder, TextEncoder, URL } = globalThis;
  const context = createContext({ Buffer, crypto, Headers, process, Request, Response, TextDecoder, TextEncoder, Uint8Array, URL });
  const loaded = new Map();
  const load = (file) => {
    if (loaded.has(file)) return loaded.get(file).exports;
    const module = { exports: {} };
    loaded.set(file, module);
    const require = (name) => (name.startsWith('./') ? load(join(dirname(file), name)) : main(name));
    const names = ['module', 'exports', 'require', '__dirname', '__filename'];
    compileFunction(readFileSync(file, 'utf8'), names, { filename: file, parsingContext: context })(module, module.exports, require, dirname(file), file);
    return module.exports;
  };
  return { load: (name) => load(join(js, `${name}.cjs`)), own: (name) => runInContext(name, context) };
}

const SECRET = 'a secret of at least twenty characters';
const keys = [{ id: '1', secret: SECRET }];
const service = { server: 'http://127.0.0.1:1', serviceName: 'a', serviceAddress: 'b' };

/** What it throws, or rejects with. */
const failure = async (call) => {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
};

test('errors of the native part are those of the realm that called it, in each that comes', async () => {
  for (let turn = 0; turn < 3; turn++) {
    const { load, own } = realm();
    const SecSignIDApi = load('secsignid');
    const { AuthSession, CountermarkError, LoginClient, MemoryReplayStore, WebhookVerifier } = load('index');
    assert.notEqual(own('Error'), Error);
    for (const [call, code] of [
      [() => new WebhookVerifier({ scheme: 'none', keys }), 'CM_UNKNOWN_SCHEME'],
      [() => new WebhookVerifier({ scheme: 'github', keys }).verify({ headers: [] }, ''), 'CM_MISSING_HEADER'],
      [() => new WebhookVerifier({ scheme: 'github', keys }).verify({ headers: [] }, 1), 'CM_INVALID_INPUT'],
      [() => new MemoryReplayStore().reserve('a', 0.5), 'CM_INVALID_INPUT'],
      [() => Object.getOwnPropertyDescriptor(AuthSession.prototype, 'secsignId').get.call({}), 'CM_INVALID_INPUT'],
      [() => new LoginClient(service).begin('alice'), 'CM_NETWORK'],
      [() => new LoginClient(service).begin('alice', { signal: new AbortController().signal }), 'CM_NETWORK'],
      [() => new LoginClient({ ...service, store: { reserve: () => true, release: () => true } }).begin('alice'), 'CM_NETWORK'],
      // The same site in each realm.
      [() => new SecSignIDApi({ server: service.server }).getAuthSessionState({}), 'CM_UNKNOWN_HANDLE'],
    ]) {
      const error = await failure(call);
      assert.deepEqual([error.code, error instanceof own('Error'), error instanceof CountermarkError], [code, true, true], `${turn} ${call}`);
      assert.ok(error.publicMessage && error.message && !error.message.includes('\x1f'));
    }
  }
});
