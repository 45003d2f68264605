// A number that cannot be: the same codes as in every other language, whatever JavaScript calls a number.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as cm from 'countermark';

const SECRET = 'a secret of at least twenty characters';
const keys = [{ id: '1', secret: SECRET }];
const service = { serviceName: 'a', serviceAddress: 'b' };
const securesign = { apiKey: 'ss_test_abc123xyz', environment: 'test', tenantId: 'tenant', callbackHosts: ['example.com'] };
const spec = { id: 'mine', signatureHeader: 'x-mine' };

/** No whole numbers, none that a number of JavaScript holds exactly, and none at all. */
const NONE = [0.5, NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 53), 1e300, 1n, 10n ** 30n, '1', true, {}, Symbol('1')];

const begin = (nowMs = 0) => cm.Login.begin(new cm.LoginService(service), 'alice', nowMs);

/** A login whose request is to be answered. */
function sent() {
  const login = begin();
  login.onStore(undefined, 0);
  return login;
}

/** A session exists only through a login, so one is begun and answered here. */
function session() {
  const login = sent();
  login.onResponse(200, 'authsessionid=1&requestid=2&authsessionstate=1&secsignid=alice', 0);
  return login.challenge().session;
}

const sealer = (key) => new cm.SessionSealer({ ...service, keys: [{ id: '1', secret: new Uint8Array(32).fill(7), ...key }] });
const signing = () => new cm.SecureSignClient(securesign);
const request = (hash) => ({ requestId: 'a1b2c3d4', hash, algorithm: 'SHA256', callbackUrl: 'https://example.com/done' });

test('settings', () => {
  const webhook = (setting) => [
    (value) => new cm.WebhookVerifier({ scheme: 'stripe', keys, [setting]: value }),
    (value) => new cm.WebhookExplainer({ scheme: 'stripe', keys, [setting]: value }),
  ];
  const settings = {
    max_age_s: [...webhook('maxAgeS'), (maxAgeS) => new cm.WebhookVerifier({ spec: { ...spec, maxAgeS }, keys }), (maxAgeS) => new cm.SignedQueryVerifier({ profile: 'legacy-onelogin', keys, maxAgeS })],
    max_future_s: [...webhook('maxFutureS'), (maxFutureS) => new cm.WebhookVerifier({ spec: { ...spec, maxFutureS }, keys }), (maxFutureS) => new cm.SignedQueryVerifier({ profile: 'legacy-onelogin', keys, maxFutureS })],
    max_body_bytes: webhook('maxBodyBytes'),
    lifetime_s: [(lifetimeS) => new cm.SignedQuerySigner({ profile: 'countermark-v1', audience: 'a', key: keys[0], lifetimeS })],
    connect_timeout_ms: [(connectTimeoutMs) => new cm.LoginService({ ...service, connectTimeoutMs }), (connectTimeoutMs) => new cm.LoginClient({ ...service, connectTimeoutMs })],
    total_timeout_ms: [(totalTimeoutMs) => new cm.LoginService({ ...service, totalTimeoutMs }), (totalTimeoutMs) => new cm.LoginClient({ ...service, totalTimeoutMs })],
    clock_skew_s: [(clockSkewS) => new cm.SecureSignClient({ ...securesign, clockSkewS })],
    idle_ms: [(idleMs) => cm.securesignPinSessionIsOpen(0, { idleMs, nowMs: 0 })],
    keep_s: [(keepS) => cm.webhookKeepUntilMs(undefined, keepS, 0)],
    capacity: [(capacity) => new cm.MemoryReplayStore({ capacity })],
  };
  for (const [detail, calls] of Object.entries(settings)) {
    for (const call of calls) {
      for (const wrong of [-1, 2 ** 32, ...NONE]) assert.throws(() => call(wrong), { code: 'CM_INVALID_CONFIG', detail }, `${call} ${String(wrong)}`);
      assert.doesNotThrow(() => call(1), String(call));
    }
  }
  for (const zero of [0, -0]) {
    assert.throws(() => new cm.LoginService({ ...service, totalTimeoutMs: zero }), { code: 'CM_INVALID_CONFIG', detail: 'total_timeout_ms' });
    assert.throws(() => new cm.MemoryReplayStore({ capacity: zero }), { code: 'CM_INVALID_CONFIG' });
    assert.ok(new cm.SignedQueryVerifier({ profile: 'legacy-onelogin', keys, maxAgeS: zero }));
  }
});

test('how long to keep a key', () => {
  assert.deepEqual([cm.webhookKeepUntilMs(5000, undefined, 1000), cm.webhookKeepUntilMs(5000, 60, 1000), cm.webhookKeepUntilMs(undefined, 60, 1000)], [5000, 61_000, 61_000]);
  const before = Date.now();
  const fromNowMs = cm.webhookKeepUntilMs(undefined, 60) - 60_000;
  assert.ok(before <= fromNowMs && fromNowMs <= Date.now());
  for (const keepS of [undefined, 0]) assert.throws(() => cm.webhookKeepUntilMs(undefined, keepS, 1000), { code: 'CM_INVALID_CONFIG' });
});

test('times and other arguments', () => {
  const query = new cm.SignedQueryVerifier({ profile: 'legacy-onelogin', keys });
  const webhook = new cm.WebhookVerifier({ scheme: 'github', keys });
  const explainer = new cm.WebhookExplainer({ scheme: 'github', keys });
  const store = new cm.MemoryReplayStore();
  const old = session();
  const request = { headers: [['x-hub-signature-256', 'sha256=00']] };
  const times = [
    (nowMs) => query.verify('a=b', nowMs),
    (nowMs) => query.tryVerify('a=b', nowMs),
    (nowMs) => webhook.verify(request, '', nowMs),
    (nowMs) => webhook.tryVerify(request, '', nowMs),
    (nowMs) => webhook.verify({ ...request, method: 'POST' }, '', nowMs),
    (nowMs) => explainer.explain(request, '', nowMs),
    (nowMs) => new cm.WebhookSigner({ scheme: 'stripe', keys }).sign({ headers: [] }, '', { nowMs }),
    (nowMs) => new cm.SignedQuerySigner({ profile: 'countermark-v1', audience: 'a', key: keys[0] }).sign({ a: 'b' }, { nowMs }),
    (untilMs) => store.reserve('key', untilMs, 0),
    (nowMs) => store.reserve('key', 0, nowMs),
    (untilMs) => cm.webhookKeepUntilMs(untilMs, 60, 0),
    (nowMs) => cm.webhookKeepUntilMs(undefined, 60, nowMs),
    (nowMs) => begin(nowMs),
    (nowMs) => cm.Login.check(new cm.LoginService(service), old, nowMs),
    (nowMs) => cm.Login.wait(new cm.LoginService(service), old, nowMs),
    (deadlineMs) => cm.Login.wait(new cm.LoginService(service), old, 0, deadlineMs),
    (nowMs) => begin().poll(nowMs),
    (nowMs) => begin().onStore(undefined, nowMs),
    (nowMs) => begin().abort(nowMs),
    (nowMs) => sent().onTransportError('timeout', 'maybe_sent', nowMs),
    (nowMs) => sent().onResponse(200, '', nowMs),
    (nowMs) => sealer().seal(old, 'cookie', { nowMs }),
    (nowMs) => sealer().open('token', 'cookie', nowMs),
    (nowMs) => cm.securesignPinSessionIsOpen(0, { nowMs }),
    (lastUseMs) => cm.securesignPinSessionIsOpen(lastUseMs, { nowMs: 0 }),
    (nowMs) => cm.securesignRateLimitWaitMs([0], 1, nowMs),
    (callMs) => cm.securesignRateLimitWaitMs([callMs], 1, 0),
    ...['notBeforeMs', 'notAfterMs'].flatMap((bound) => [
      (ms) => new cm.SignedQueryVerifier({ profile: 'legacy-onelogin', keys: [{ ...keys[0], [bound]: ms }] }),
      (ms) => new cm.WebhookVerifier({ scheme: 'github', keys: [{ ...keys[0], [bound]: ms }] }),
      (ms) => sealer({ [bound]: ms }),
    ]),
  ];
  const counts = [(status) => sent().onResponse(status, '', 0), (rpm) => cm.securesignRateLimitWaitMs([0], rpm, 0), (number) => begin().onStore(number, 0)];
  for (const [calls, more] of [[times, []], [counts, [-1, 2 ** 32]]]) {
    for (const call of calls) {
      for (const wrong of [...NONE, ...more]) assert.throws(() => call(wrong), { code: 'CM_INVALID_INPUT' }, `${call} ${String(wrong)}`);
    }
  }
  // Such a time is strange, and no mistake of its form.
  for (const edge of [-0, -1, -(2 ** 53 - 1), 2 ** 53 - 1]) {
    for (const call of times) {
      try {
        call(edge);
      } catch (error) {
        assert.ok(error instanceof cm.CountermarkError && error.code !== 'CM_INTERNAL', `${call} ${edge}: ${error}`);
      }
    }
  }
});

test('a promise of a login with no time for it', async () => {
  for (const deadlineMs of NONE) {
    await assert.rejects(new cm.LoginClient({ ...service, server: 'http://127.0.0.1:1' }).wait(session(), { deadlineMs }), { code: 'CM_INVALID_INPUT' });
  }
});

test('text where bytes are meant', () => {
  const hex = 'ab'.repeat(16);
  const claimed = { requestId: 'a1b2c3d4', success: true, signatureBase64: '+/+/' };
  const hint = cm.readSecuresignCallback(`ss_result=${btoa(JSON.stringify(claimed))}`);
  const calls = [
    (hash) => signing().sessionCall(request(hash)),
    (hash) => signing().deepLink(request(hash)),
    (hash) => signing().complete(hint, { ...request(hash), expiresAtMs: 0 }, new Uint8Array(1), 0),
    (der) => signing().complete(hint, { ...request(new Uint8Array(32)), expiresAtMs: 0 }, der, 0),
    (entropy) => sealer().seal(session(), 'cookie', { nowMs: 0, entropy }),
    (secret) => sealer({ secret }),
    (entropy) => new cm.SignedQuerySigner({ profile: 'countermark-v1', audience: 'a', key: keys[0] }).sign({ a: 'b' }, { nowMs: 0, entropy }),
    (png) => cm.accessPassFromPng(png),
  ];
  for (const call of calls) {
    for (const wrong of [hex, hex.slice(16), hex.slice(8), '', 7, [1, 2], new Uint16Array(32)]) {
      assert.throws(() => call(wrong), (error) => error.code === 'CM_INVALID_INPUT' && /Uint8Array/.test(error.detail), `${call} ${wrong}`);
    }
  }
  assert.ok(signing().sessionCall(request(new Uint8Array(32))));
});
