// `verifyAsync`: every webhook vector with each kind of platform HMAC, however short its body.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(here('../built/outside-'));
test.after(() => rmSync(folder, { recursive: true }));

/** A copy of the package that leaves every body that it may to this platform: its folder. */
function copyOf(platform, name, change = (outside) => outside) {
  const copy = join(folder, name);
  cpSync(here('../full'), copy, { recursive: true });
  const outside = readFileSync(join(copy, 'outside.mjs'), 'utf8');
  const changed = outside
    .replace(/export const LONG = .*/, 'export const LONG = 0;')
    .replace(/const node = .*/, (line) => (platform === 'subtle' ? 'const node = undefined;' : line))
    .replace('export function hmac(', 'export let count = 0;\nexport function hmac(...all) {\n  count++;\n  return work(...all);\n}\nfunction work(');
  assert.equal(changed.match(/LONG = 0|count\+\+/g).length, 2);
  writeFileSync(join(copy, 'outside.mjs'), change(changed));
  return copy;
}

/** The dispatcher of the adapter over such a copy. */
async function dispatcher(platform) {
  const copy = copyOf(platform, platform);
  const shim = `
    import { WebhookVerifier as Own } from './file.mjs';
    export * from './file.mjs';
    export class WebhookVerifier extends Own { verify(...all) { return this.verifyAsync(...all); } }`;
  writeFileSync(join(copy, 'shim.mjs'), shim);
  await build({
    entryPoints: [here('../../tests/adapters/node/answer.mjs')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile: join(copy, 'answer.mjs'),
    plugins: [{ name: 'shim', setup: ({ onResolve }) => onResolve({ filter: /\/countermark\.mjs$/ }, () => ({ path: './shim.mjs', external: true })) }],
  });
  const load = (name) => import(pathToFileURL(join(copy, name)));
  return { answer: (await load('answer.mjs')).answer, module: await load('shim.mjs'), hmacs: await load('outside.mjs') };
}

const vectors = new URL('../../tests/vectors/webhook/', import.meta.url);

const platforms = await Promise.all(['node', 'subtle'].map(async (platform) => ({ platform, ...(await dispatcher(platform)) })));

for (const { platform, answer, module, hmacs } of platforms) {
  test(`${platform}: all webhook vectors`, async () => {
    for (const file of readdirSync(vectors).filter((name) => name.endsWith('.json')).sort()) {
      for (const group of JSON.parse(readFileSync(new URL(file, vectors), 'utf8')).testGroups) {
        for (const { tcId, comment, request, result, ok, error } of group.tests) {
          const got = await answer(JSON.stringify({ ...group.request, ...request, id: tcId }));
          const expected = result === 'valid' ? { id: tcId, ok } : { id: tcId, error, number: got.number };
          assert.deepEqual(JSON.parse(JSON.stringify(got)), expected, `${file} ${tcId}: ${comment}`);
        }
      }
    }
    assert.ok(hmacs.count > 500, `${hmacs.count} MACs were left to the platform`);
  });

  test(`${platform}: texts, bytes, two keys, and an altered body`, async () => {
    const secrets = ['a secret of at least twenty characters', 'another secret of twenty characters and more'];
    const keys = secrets.map((secret, at) => ({ id: `${at}`, secret }));
    const verifier = new module.WebhookVerifier({ scheme: 'stripe', keys });
    const signer = new module.WebhookSigner({ scheme: 'stripe', keys: keys.slice(1) });
    const nowMs = Date.now();
    const body = '{"ä":"€𝄞"}'.repeat(1000);
    const { headers } = signer.sign({ headers: [] }, body, { nowMs });
    for (const given of [body, new TextEncoder().encode(body)]) {
      const verified = await verifier.verifyAsync({ headers }, given, nowMs);
      assert.equal(verified.keyId, '1');
      assert.equal(verified.text(), body);
      assert.equal(verified.replayKey, module.WebhookVerifier.prototype.__proto__.verify.call(verifier, { headers }, given, nowMs).replayKey);
      await assert.rejects(verifier.verifyAsync({ headers }, given.slice(1), nowMs), { code: 'CM_SIGNATURE_MISMATCH' });
      await assert.rejects(verifier.verifyAsync({ headers }, given, nowMs + 1e9), { code: 'CM_TIMESTAMP_TOO_OLD' });
      await assert.rejects(verifier.verifyAsync({ headers: [] }, given, nowMs), { code: 'CM_MISSING_HEADER' });
    }
    await assert.rejects(verifier.verifyAsync({ headers }, { length: 9000 }, nowMs), { code: 'CM_INVALID_INPUT' });
    await assert.rejects(verifier.verifyAsync({ headers }, body, NaN), { code: 'CM_INVALID_INPUT' });
  });

  test(`${platform}: many at once do not meet`, async () => {
    const secret = 'a secret of at least twenty characters';
    const verifier = new module.WebhookVerifier({ scheme: 'github', keys: [{ id: '1', secret }] });
    const signer = new module.WebhookSigner({ scheme: 'github', keys: [{ id: '1', secret }] });
    const bodies = Array.from({ length: 200 }, (_, at) => `${at}`.repeat(5000));
    const sent = bodies.map((body) => ({ body, headers: signer.sign({ headers: [] }, body).headers }));
    const verified = await Promise.all(sent.map(({ headers, body }) => verifier.verifyAsync({ headers }, body)));
    assert.deepEqual(verified.map((one) => one.text()), bodies);
    assert.equal(new Set(verified.map((one) => one.replayKey)).size, bodies.length);
    const crossed = sent.map(({ headers }, at) => verifier.verifyAsync({ headers }, bodies[(at + 1) % bodies.length]));
    for (const { status, reason } of await Promise.allSettled(crossed)) assert.equal(`${status} ${reason?.code}`, 'rejected CM_SIGNATURE_MISMATCH');
  });
}

/** Asks the platform for what it has not, so that it refuses itself. */
const refusals = {
  'a key of subtle': ['subtle', "replace('sha', 'SHA-')", "replace('sha', 'none-')"],
  'a key of node': ['node', 'node.createSecretKey(secret)', 'node.createSecretKey(0)'],
  'an HMAC of subtle': ['subtle', "subtle.sign('HMAC', ", "subtle.sign('none', "],
  'an HMAC of node': ['node', 'createHmac(hash, ', "createHmac('none', "],
};

for (const [refusal, [platform, wanted, refused]] of Object.entries(refusals)) {
  test(`${refusal} that cannot be made: the module does without`, async () => {
    const copy = copyOf(platform, refusal, (outside) => {
      assert.ok(outside.includes(wanted));
      return outside.replace(wanted, refused);
    });
    const { WebhookSigner, WebhookVerifier } = await import(pathToFileURL(join(copy, 'file.mjs')));
    const config = { scheme: 'github', keys: [{ id: '1', secret: 'a secret of at least twenty characters' }] };
    const body = 'x'.repeat(10_000);
    const { headers } = new WebhookSigner(config).sign({ headers: [] }, body);
    const unhandled = [];
    const note = (reason) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const verifier = new WebhookVerifier(config);
    for (let round = 0; round < 3; round++) {
      const [right, wrong] = await Promise.allSettled([body, `${body}x`].map((given) => verifier.verifyAsync({ headers }, given)));
      assert.equal(right.value?.text(), body, right.reason);
      assert.equal(wrong.reason?.code, 'CM_SIGNATURE_MISMATCH');
    }
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    assert.deepEqual(unhandled, []);
  });
}
