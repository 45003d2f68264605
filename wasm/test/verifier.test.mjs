// The small build: every vector of queries and webhooks, through the adapter's dispatcher with the verifiers of that build.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import * as verifier from '@countermark/wasm/verifier';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(here('../built/verifier-'));
test.after(() => rmSync(folder, { recursive: true }));

const shim = `
  export * from '@countermark/wasm';
  export { CountermarkError, SignedQueryVerifier, WebhookVerifier } from '@countermark/wasm/verifier';`;
writeFileSync(join(folder, 'shim.mjs'), shim);
await build({
  entryPoints: [here('../../tests/adapters/node/answer.mjs')],
  bundle: true,
  format: 'esm',
  platform: 'node',
  outfile: join(folder, 'answer.mjs'),
  plugins: [{ name: 'shim', setup: ({ onResolve }) => onResolve({ filter: /\/countermark\.mjs$/ }, () => ({ path: './shim.mjs', external: true })) }],
});
const { answer } = await import(pathToFileURL(join(folder, 'answer.mjs')));

/** Schemes and keys with public keys, which this build has not. */
const PUBLIC = /^(discord|paypal|sendgrid|telegram-webapp-ed25519)$/;
const isPublic = ({ scheme, keys = [] }) => PUBLIC.test(scheme) || keys.some(({ encoding }) => /^(whpk|whsk|ed25519)/.test(encoding));

const vectors = new URL('../../tests/vectors/', import.meta.url);
const webhooks = readdirSync(new URL('webhook/', vectors)).filter((name) => name.endsWith('.json')).map((name) => `webhook/${name}`);

for (const file of ['onelogin.json', 'query_v1.json', ...webhooks.sort()]) {
  test(`${file}, by the small build`, async () => {
    for (const group of JSON.parse(readFileSync(new URL(file, vectors), 'utf8')).testGroups) {
      for (const { tcId, comment, request, result, ok, error } of group.tests) {
        const asked = { ...group.request, ...request, id: tcId };
        // Adapters of frameworks ask that: they are in the full build.
        if (asked.op === 'webhook.site_origin') continue;
        const got = await answer(JSON.stringify(asked));
        // A key that it cannot use is as if it were not there, so such a request may be refused for another reason too, and in no other way be judged.
        if (isPublic(asked) && got.error !== undefined) continue;
        const wanted = result === 'valid' ? { id: tcId, ok } : { id: tcId, error, number: got.number };
        assert.deepEqual(JSON.parse(JSON.stringify(got)), wanted, `tcId ${tcId}: ${comment}`);
      }
    }
  });
}

test('a scheme of your own is for the full build', () => {
  const keys = [{ id: '1', secret: 'a secret of at least twenty characters' }];
  for (const scheme of [undefined, 'github']) {
    const options = { scheme, spec: { id: 'own', signatureHeader: 'X-Signature' }, keys };
    assert.throws(() => new verifier.WebhookVerifier(options), { code: 'CM_UNSUPPORTED', detail: 'spec' });
  }
});

test('the origin of a site is for the full build', () => {
  const keys = [{ id: '1', secret: 'a secret of at least twenty characters' }];
  const github = new verifier.WebhookVerifier({ scheme: 'github', keys });
  assert.throws(() => github.siteOrigin('https://hooks.example'), { code: 'CM_UNSUPPORTED', detail: 'origin' });
});

test('the types describe every export of the small build, and no other', () => {
  const types = readFileSync(new URL('../types/verifier.d.ts', import.meta.url), 'utf8');
  const exported = [...types.matchAll(/^export (?:const (\w+)|\{([^}]+)\})/gm)].flatMap(([, one, list]) => one ?? list.split(',').map((name) => name.trim()));
  assert.deepEqual(exported.filter(Boolean).sort(), Object.keys(verifier).sort());
});
