// Values of another realm, as Next.js' edge runtime and test runners with a DOM hand them out: the module, the bytes and the promises come from
// outside the context that the package runs in.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { build } from 'esbuild';
import { signWebhook } from '@countermark/wasm/testing';

const SECRET = 'a secret of at least twenty characters';
const compiled = new WebAssembly.Module(readFileSync(new URL('../full/countermark.wasm', import.meta.url)));

/** As Next.js does: a module of WebAssembly is given by the runtime. */
const given = { name: 'the module', setup: ({ onResolve, onLoad }) => {
  onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, namespace: 'given' }));
  onLoad({ filter: /.*/, namespace: 'given' }, () => ({ contents: 'export default GIVEN' }));
} };

async function bundle(contents, conditions, options) {
  const { outputFiles } = await build({
    ...{ stdin: { contents, resolveDir: fileURLToPath(new URL('..', import.meta.url)) }, bundle: true, write: false, format: 'iife', globalName: 'own' },
    ...{ target: 'es2024', plugins: [given], conditions, ...options },
  });
  return outputFiles[0].text;
}

const { AbortController, Headers, Request, Response, TextDecoder, TextEncoder, URL: Address, crypto } = globalThis;

/** What a program gives that runs in a context with these globals, and without those that are `absent`. */
function run(program, globals, absent = []) {
  const context = vm.createContext({ GIVEN: compiled, AbortController, Headers, Request, Response, TextDecoder, TextEncoder, URL: Address, crypto, console, ...globals });
  for (const name of absent) delete context[name];
  return vm.runInContext(`${program}; own`, context);
}

const forbidden = { get getBuiltinModule() { throw new Error('a Node.js API is used that the edge runtime has not'); } };
const entries = `export * from '@countermark/wasm'; export { webhook } from '@countermark/wasm/fetch';`;
const edge = await bundle(entries, ['edge-light']);

for (const [title, globals] of Object.entries({
  'an edge runtime': { process: forbidden },
  'an edge runtime without a process': {},
  'a test runner with a DOM': { process },
})) {
  test(`${title}: short bodies and long ones`, async () => {
    const { WebhookVerifier, webhook } = run(edge, globals);
    const keys = [{ id: '1', secret: new TextEncoder().encode(SECRET) }];
    const verifier = new WebhookVerifier({ scheme: 'github', keys });
    const handle = webhook({ scheme: 'github', keys, maxBodyBytes: 1_000_000, keepS: 60 }, () => new Response('own'));
    for (const length of [10, 100_000]) {
      const body = 'x'.repeat(length);
      const { headers } = signWebhook({ scheme: 'github', secret: SECRET, body });
      assert.equal((await handle(new Request('http://x/', { method: 'POST', body, headers }))).status, 200);
      // The second goes by other calls: a URL leaves the buffer.
      for (const request of [{ headers }, { headers, url: 'https://x/' }]) {
        for (const data of [body, Buffer.from(body), new TextEncoder().encode(body)]) {
          assert.equal((await verifier.verifyAsync(request, data)).keyId, '1');
          assert.equal(verifier.verify(request, data).keyId, '1');
          await assert.rejects(verifier.verifyAsync(request, data.slice(1)), { code: 'CM_SIGNATURE_MISMATCH' });
        }
      }
    }
  });
}

for (const [name, path] of Object.entries({ full: '', verifier: '/verifier' })) {
  test(`${name}: one's own module, of another realm`, async () => {
    const program = await bundle(`export * from '@countermark/wasm${path}/init'`, [], { define: { 'import.meta.url': '"https://x/"' } });
    const module = new WebAssembly.Module(readFileSync(new URL(`../${name}/countermark.wasm`, import.meta.url)));
    for (const load of ['init', 'initSync']) {
      const own = run(program, {});
      await own[load](module);
      const verifier = new own.SignedQueryVerifier({ profile: 'legacy-onelogin', keys: [{ id: '1', secret: Buffer.from(SECRET) }] });
      assert.equal(verifier.tryVerify(Buffer.from('firstname=a'), 0).code, 'CM_MISSING_FIELD');
    }
  });
}

test("one's own module, where nothing can be fetched", async () => {
  const program = await bundle(`export * from '@countermark/wasm/init'`, [], { define: { 'import.meta.url': '"https://x/"' } });
  for (const source of [compiled, readFileSync(new URL('../full/countermark.wasm', import.meta.url))]) {
    const own = run(program, {}, ['Request', 'Response', 'URL']);
    await own.init(source);
    assert.equal(own.listErrors().length > 0, true);
  }
});

test('what is no array of bytes is none in any realm', () => {
  const { SessionSealer } = run(edge, {});
  const config = { serviceName: 'a', serviceAddress: 'b' };
  const seal = (secret) => () => new SessionSealer({ ...config, keys: [{ id: '1', secret }] });
  seal(Buffer.alloc(32, 7))();
  const posed = (value) => Object.defineProperty(value, Symbol.toStringTag, { value: 'Uint8Array' });
  const wrong = [new Uint16Array(32), posed(new Uint16Array(32)), posed({ length: 32 }), new Uint8Array(new SharedArrayBuffer(32)), new ArrayBuffer(32)];
  for (const secret of wrong) assert.throws(seal(secret), { code: 'CM_INVALID_INPUT' });
});
