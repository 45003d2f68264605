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

  test(`${name} keeps no other module than its own, and says of calls before it that it is not there`, () => {
    const entry = `@countermark/wasm${name === 'full' ? '' : `/${name}`}/init`;
    const own = name === 'full' ? 'countermark' : name;
    // As its own process, in which nothing has loaded the module yet.
    const program = `
      import assert from 'node:assert/strict';
      import { readFileSync } from 'node:fs';
      import * as entry from '${entry}';
      import { candidateSchemes } from '@countermark/wasm/inspect';
      const bytesOf = (name) => readFileSync(new URL(import.meta.resolve('@countermark/wasm/' + name + '.wasm')));
      const answer = (bytes, type) => new Response(bytes, { headers: { 'content-type': type } });
      const keys = [{ id: '1', secret: 'a secret of at least twenty characters' }];
      const given = { server: 'https://id.example', scheme: 'github', profile: 'legacy-onelogin', keys, key: keys[0] };
      const { init, initSync, CountermarkError, abiVersion, version, ...rest } = entry;
      const early = { name: 'Error', message: /not loaded: call init/ };
      const areEarly = () => {
        for (const [name, call] of Object.entries(rest)) assert.throws(() => (/^[A-Z]/.test(name) ? new call(given) : call('github', { headers: {} }, '')), early, name);
        assert.throws(() => new CountermarkError('CM_REPLAYED'), early);
        assert.throws(() => candidateSchemes({ headers: {} }, ''), early);
      };
      areEarly();
      const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
      const wrong = { message: /wrong module: it is not @countermark.wasm.${own}.wasm/ };
      for (const bytes of [empty, bytesOf('${own === 'verifier' ? 'countermark' : 'verifier'}')]) {
        assert.throws(() => initSync(bytes), wrong);
        assert.throws(() => initSync(new WebAssembly.Module(bytes)), wrong);
        for (const source of [bytes, new WebAssembly.Module(bytes), answer(bytes, 'application/wasm'), Promise.resolve(answer(bytes, 'text/plain'))]) await assert.rejects(init(source), wrong);
      }
      await assert.rejects(init(new Response('', { status: 404 })), { message: /404/ });
      await assert.rejects(init(), TypeError);
      areEarly();
      await Promise.all([init(Promise.resolve(answer(bytesOf('${own}'), 'application/wasm'))), init(bytesOf('${own}'))]);
      assert.equal(new CountermarkError('CM_REPLAYED').number > 0, true);
      assert.equal(new entry.WebhookVerifier(given).needsKeep, true);
      // Whatever comes after it.
      await init(empty);
      initSync(empty);
      assert.equal(entry.listErrors().length > 0, true);`;
    const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: import.meta.dirname, encoding: 'utf8' });
    assert.deepEqual([stderr, status], ['', 0]);
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
