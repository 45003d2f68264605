// Every fault at every step, by every adapter. See README.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from '../conformance/emulator.mjs';
import { writeSection } from '../results.mjs';
import { GOOD_TIME_MS, LOGIN, adapters, isWhole, limitMs, names, times } from './adapters.mjs';
import { FAULTS, startProxy } from './proxy.mjs';

// What a login does, and what it ends with when the named step fails once. A release is best effort. A cancel is asked for again, and is
// one whether or not the server had heard the first, after which the session is gone.
const STEPS = {
  start: { steps: ['start'], expected: (error) => [{ step: 'start', error }] },
  check: {
    steps: ['start', 'check', 'check'],
    expected: (error) => [{ step: 'start', outcome: 'pending' }, { step: 'check', error }, { step: 'check', outcome: 'approved' }],
  },
  cancel: {
    steps: ['start', 'cancel', 'cancel'],
    expected: (error) => [{ step: 'start', outcome: 'pending' }, { step: 'cancel', error }, { step: 'cancel', outcome: 'canceled' }],
  },
  release: {
    steps: ['start', 'check', 'release'],
    expected: () => [{ step: 'start', outcome: 'pending' }, { step: 'check', outcome: 'approved' }, { step: 'release', outcome: 'released' }],
  },
};

async function login(adapter, step, fault) {
  const server = await start({ args: ['--approve-after', '0'] });
  const limit = limitMs(FAULTS[fault].error);
  const proxy = await startProxy(server.url, step, fault, limit);
  try {
    const began = Date.now();
    const { ok } = await adapter.ask({ ...LOGIN, ...times(limit), server: proxy.url, steps: STEPS[step].steps });
    const tookMs = Date.now() - began;
    const starts = (await server.requests()).filter(({ request }) => request === 'start').length;
    return { ok, tookMs, starts, wasPlayed: proxy.wasPlayed() };
  } finally {
    proxy.end();
    await server.end();
  }
}

let passed = 0;
for (const step of Object.keys(STEPS)) {
  for (const [fault, { error }] of Object.entries(FAULTS)) {
    await test(`${step}: ${fault}`, async () => {
      const seen = await Promise.all([...adapters].map(async ([name, adapter]) => [name, await login(adapter, step, fault)]));
      for (const [name, { ok, tookMs, starts, wasPlayed }] of seen) {
        assert.ok(wasPlayed, `${name} never sent it: ${JSON.stringify(ok)}`);
        assert.deepEqual(ok?.trace, STEPS[step].expected(error), name);
        assert.ok(starts <= 1, `${name} started ${starts} logins`);
        assert.ok(tookMs < GOOD_TIME_MS, `${name} took ${tookMs} ms`);
      }
      passed += 1;
    });
  }
}

const faults = Object.keys(FAULTS);
const body = `A login with one spoiled request, by step and fault, in each of ${names.join(', ')}: \`scripts/test faults\`.

| step | ${faults.join(' | ')} |
| --- | ${faults.map(() => '---').join(' | ')} |
${Object.keys(STEPS).map((step) => `| ${step} | ${faults.map((fault) => (step === 'release' ? 'released' : FAULTS[fault].error)).join(' | ')} |`).join('\n')}

Never two starts, and no approval lost.`;
await test('all end with their input', async () => {
  for (const adapter of adapters.values()) assert.equal(await adapter.end(), 0);
});
// It says what was expected, so it is written only when all of it was seen.
if (passed === faults.length * Object.keys(STEPS).length && isWhole) writeSection('Faults', body);
