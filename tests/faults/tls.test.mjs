// What can be wrong with TLS, by every adapter. See README.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from '../conformance/emulator.mjs';
import { writeSection } from '../results.mjs';
import { GOOD_TIME_MS, LOGIN, adapters, isWhole, limitMs, names, takesRoots, times } from './adapters.mjs';
import { HANDSHAKE_FAULTS, startTlsProxy } from './tls-proxy.mjs';

const ARGS = ['--approve-after', '0', '--tls', 'localhost'];
const CERTIFICATES = { 'unknown-ca': 'TLS', 'wrong-name': 'TLS', 'expired': 'TLS' };
const HANDSHAKES = {
  'handshake-closed': 'NETWORK',
  'handshake-reset': 'NETWORK',
  'handshake-halved': 'NETWORK',
  'handshake-silent': 'TIMEOUT',
  'handshake-refused': 'TLS',
  'version-too-old': 'TLS',
  'plain-http': 'TLS',
};
// Where the platform's HTTP says less. Each is typed and in time.
const OTHERWISE = [
  { why: '.NET Core tells plain HTTP from TLS only by a message', names: ['dotnet-core'], faults: ['plain-http'], error: 'NETWORK' },
  { why: 'their fetch does not say why no connection came about', names: ['wasm-bun', 'wasm-deno', 'wasm-workerd'], faults: ['handshake-refused', 'version-too-old', 'plain-http'], error: 'NETWORK' },
];
const otherwise = (name, fault) => OTHERWISE.find(({ names, faults }) => names.includes(name) && faults.includes(fault))?.error;
assert.deepEqual(Object.keys(HANDSHAKES), Object.keys(HANDSHAKE_FAULTS));

async function login(name, adapter, error, { args = [], fault }) {
  const server = await start({ args: [...ARGS, ...args] });
  const proxy = fault && (await startTlsProxy(server.url, fault));
  try {
    const began = Date.now();
    const roots = takesRoots(name) ? { ca_pem: server.caPem } : {};
    const { ok } = await adapter.ask({ ...LOGIN, ...times(limitMs(error)), ...roots, server: proxy?.url ?? server.url, steps: ['start'] });
    const tookMs = Date.now() - began;
    return { trace: ok?.trace, tookMs, sent: await server.requests(), wasPlayed: proxy?.wasPlayed() ?? true };
  } finally {
    proxy?.end();
    await server.end();
  }
}

let passed = 0;
async function row(what, error, asked) {
  await test(what, async () => {
    // Without the emulator's root, every certificate is one that nobody trusts.
    const able = [...adapters].filter(([name]) => asked.fault || takesRoots(name));
    const seen = await Promise.all(able.map(async ([name, adapter]) => [name, await login(name, adapter, error, asked)]));
    const wrong = seen.filter(([name, { trace }]) => trace?.length !== 1 || trace[0].error !== (otherwise(name, what) ?? error)).map(([name, { trace }]) => `${name}: ${JSON.stringify(trace)}`);
    assert.deepEqual(wrong, []);
    for (const [name, { tookMs, sent, wasPlayed }] of seen) {
      assert.ok(wasPlayed, `${name} never connected`);
      assert.deepEqual(sent, [], `${name} sent a request`);
      assert.ok(tookMs < GOOD_TIME_MS, `${name} took ${tookMs} ms`);
    }
    passed += 1;
  });
}
for (const [fault, error] of Object.entries(CERTIFICATES)) await row(fault, error, { args: ['--tls-fault', fault] });
for (const [fault, error] of Object.entries(HANDSHAKES)) await row(fault, error, { fault });

await test('all end with their input', async () => {
  for (const adapter of adapters.values()) assert.equal(await adapter.end(), 0);
});
const all = { ...CERTIFICATES, ...HANDSHAKES };
// It says what was expected, so it is written only when all of it was seen.
if (passed === Object.keys(all).length && isWhole) {
  writeSection(
    'TLS faults',
    `A login whose TLS is spoiled, by fault, in each of ${names.join(', ')}: \`scripts/test faults\`.

| fault | error |
| --- | --- |
${Object.entries(all).map(([fault, error]) => `| ${fault} | ${error} |`).join('\n')}

In good time, and nothing was sent. Otherwise end:

${OTHERWISE.map(({ why, names, faults, error }) => `* ${names.join(', ')}: ${error} for ${faults.join(', ')}, since ${why}`).join('\n')}

A certificate's faults are for those who can trust the emulator's authority: ${names.filter(takesRoots).join(', ')}.`,
  );
}
