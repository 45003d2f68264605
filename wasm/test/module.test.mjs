// The two modules: what they import, how large they are, and how they load.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const bytesOf = (name) => readFileSync(new URL(`../${name}/countermark.wasm`, import.meta.url));
const budgets = JSON.parse(readFileSync(new URL('../size.json', import.meta.url), 'utf8'));

for (const [name, { raw, gzip }] of Object.entries(budgets)) {
  test(`${name} keeps to its size`, () => {
    const bytes = bytesOf(name);
    assert.ok(bytes.length <= raw, `${bytes.length} bytes`);
    const zipped = gzipSync(bytes, { level: 9 }).length;
    assert.ok(zipped <= gzip, `${zipped} bytes with gzip`);
  });

  test(`${name} imports its own glue, and nothing of an environment`, () => {
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytesOf(name)));
    assert.deepEqual([...new Set(imports.map(({ module }) => module))], ['./countermark_bg.js']);
    const outside = imports.filter(({ name }) => /random|crypto|now|date|time|fetch/i.test(name));
    assert.deepEqual(outside, []);
  });

  test(`${name} asks for no time and no randomness at load`, () => {
    const program = `
      for (const [object, names] of [[Date, ['now']], [performance, ['now']], [crypto, ['getRandomValues', 'randomUUID']], [Math, ['random']]]) {
        for (const name of names) object[name] = () => { throw new Error(name); };
      }
      globalThis.fetch = () => { throw new Error('fetch'); };
      const { version } = await import('@countermark/wasm${name === 'full' ? '' : `/${name}`}');
      console.log(version);`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: import.meta.dirname, encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.match(stdout, /^\d+\.\d+\.\d+/);
  });

  test(`${name} by bytes of one's own, twice`, async () => {
    const path = `@countermark/wasm${name === 'full' ? '' : `/${name}`}/init`;
    const { SignedQueryVerifier, init, initSync } = await import(path);
    const config = { profile: 'legacy-onelogin', keys: [{ id: '1', secret: 'a secret of at least twenty characters' }] };
    await init(new WebAssembly.Module(bytesOf(name)));
    const verifier = new SignedQueryVerifier(config);
    await init(bytesOf(name));
    initSync(bytesOf(name));
    for (const one of [verifier, new SignedQueryVerifier(config)]) assert.equal(one.tryVerify('firstname=a', 0).code, 'CM_MISSING_FIELD');
  });

  test(`${name} gives back memory that it asked for empty`, async () => {
    // It once took the size in front of such memory for a zero, and stopped: see src/allocator.rs.
    const { WebhookVerifier } = await import(`@countermark/wasm${name === 'full' ? '' : `/${name}`}`);
    for (let length = 1; length < 200; length++) {
      for (const encoding of ['hex', 'base64', 'base64url', 'whsec']) {
        const keys = [{ id: '1', secret: '!'.repeat(length), encoding }];
        assert.throws(() => new WebhookVerifier({ scheme: 'github', keys }), { code: 'CM_INVALID_SECRET' }, `${length} ${encoding}`);
      }
    }
  });
}

test('the conditions of every entry are the same', () => {
  const { exports, imports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const loaders = (entry) => Object.entries(entry).filter(([condition]) => condition !== 'types').map(([condition, path]) => [condition, path.split('/').pop()]);
  assert.deepEqual(loaders(exports['./verifier']), loaders(exports['.']));
  assert.deepEqual(Object.entries(imports['#loaded']), Object.entries(exports['.']).slice(1));
});

test('the element may be imported where there is no page', async () => {
  const { CountermarkLogin } = await import('@countermark/wasm/element');
  assert.equal(typeof CountermarkLogin, 'function');
});
