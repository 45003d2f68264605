// Whatever is called wrongly ends in a CountermarkError of the table, and nothing of it shows a secret.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as cm from 'countermark';

const SECRET = 'a secret of at least twenty characters';
const key = { id: '1', secret: SECRET };
const query = () => new cm.SignedQueryVerifier({ profile: 'legacy-onelogin', keys: [key] });
const webhook = () => new cm.WebhookVerifier({ scheme: 'github', keys: [key] });

test('arguments of a wrong type', () => {
  for (const wrong of [undefined, null, 42, {}, [], Symbol('x'), new Float64Array(2), new ArrayBuffer(8)]) {
    assert.throws(() => query().verify(wrong, 0), { code: 'CM_INVALID_INPUT', number: 1001, retryable: false });
    assert.throws(() => webhook().verify({ headers: [] }, wrong, 0), { code: 'CM_INVALID_INPUT' });
    assert.throws(() => cm.normalizeSecsignId(wrong), { code: 'CM_INVALID_INPUT' });
  }
  assert.throws(() => new cm.SignedQueryVerifier(), { code: 'CM_INVALID_INPUT' });
  assert.throws(() => new cm.SignedQueryVerifier({ profile: 'none', keys: [key] }), { code: 'CM_INVALID_CONFIG' });
});

test('a time that is none, or not whole', () => {
  for (const wrong of [NaN, Infinity, 0.5, 2 ** 60, '1', null]) {
    assert.throws(() => query().verify('a=b', wrong), { code: 'CM_INVALID_INPUT' });
  }
});

test('an object of another class', () => {
  const service = new cm.LoginService({ serviceName: 'a', serviceAddress: 'b' });
  for (const wrong of [service, {}, null, Object.create(cm.AuthSession.prototype)]) {
    assert.throws(() => cm.Login.check(service, wrong, 0), { code: 'CM_INVALID_INPUT' });
  }
  assert.throws(() => cm.Login.prototype.retries, { code: 'CM_INVALID_INPUT' });
  assert.throws(() => cm.Login.prototype.poll.call(new cm.AppLink('id.example'), 0), { code: 'CM_INVALID_INPUT' });
  assert.throws(() => new cm.AuthSession(), cm.CountermarkError);
});

test('what is not a request, an error or a store', () => {
  const typed = (call) => assert.throws(call, (error) => error instanceof cm.CountermarkError && error.code === 'CM_INVALID_INPUT');
  for (const wrong of [undefined, null, 42, '', {}, { number: -1 }, { get number() { throw new Error('trapped'); } }]) {
    typed(() => cm.webhookErrorStatus('github', wrong));
  }
  typed(() => cm.webhookErrorStatus(undefined, new cm.CountermarkError('CM_REPLAYED')));
  const trap = { get headers() { throw new Error('trapped'); } };
  for (const wrong of [undefined, null, trap, { headers: [1] }]) {
    typed(() => cm.answerWebhookHandshake('github', wrong, ''));
    typed(() => new cm.WebhookSigner({ scheme: 'github', keys: [key] }).sign(wrong, ''));
    typed(() => new cm.WebhookExplainer({ scheme: 'github', keys: [key] }).explain(wrong, ''));
    typed(() => webhook().verify(wrong, ''));
  }
  const service = { server: 'http://127.0.0.1:1', serviceName: 'a', serviceAddress: 'b' };
  for (const wrong of [-0, 0, NaN, false, '', 42, 'store', {}, { reserve() {} }]) {
    assert.throws(() => new cm.LoginClient({ ...service, store: wrong }), { code: 'CM_INVALID_CONFIG', detail: 'store' });
  }
  for (const none of [undefined, null]) assert.ok(new cm.LoginClient({ ...service, store: none }));
});

test('a promise rejects, and does not throw', async () => {
  const client = new cm.LoginClient({ server: 'http://127.0.0.1:1', serviceName: 'a', serviceAddress: 'b' });
  for (const wrong of [['a', 'b'], null, 42, ' ', undefined]) {
    const started = client.begin(wrong);
    await assert.rejects(started, (error) => error instanceof cm.CountermarkError && /INVALID/.test(error.code));
  }
  await assert.rejects(client.begin('alice'), { code: 'CM_NETWORK', retryable: true });
});

test('a refusal without an exception', () => {
  const refused = query().tryVerify('firstname=a', 0);
  assert.equal(refused.ok, false);
  assert.equal(refused.code, 'CM_MISSING_FIELD');
  assert.equal(refused.error.code, refused.code);
  assert.ok(refused.error.detail);
});

test('every code of the table has its row', () => {
  for (const row of cm.listErrors()) {
    const error = new cm.CountermarkError(`CM_${row.name}`);
    assert.deepEqual([error.number, error.retryable, error.message], [row.number, row.retryable, row.message]);
  }
});

test('nothing shows a secret', () => {
  const signer = new cm.SignedQuerySigner({ profile: 'legacy-onelogin', key });
  const link = signer.sign({ firstname: 'Jane', lastname: 'Doe', email: 'jane@example.com' });
  const shown = [query(), webhook(), signer, query().verify(link), query().tryVerify(`${link}0`)].map((value) => inspect(value, { depth: 9, showHidden: true }));
  for (const text of shown) {
    assert.ok(!text.includes(SECRET), text);
    assert.ok(!text.includes('signature='), text);
  }
  const signed = new cm.WebhookSigner({ scheme: 'gitlab-token', keys: [key] }).sign({}, '');
  const names = signed.headers.map(([name]) => name);
  assert.deepEqual([signed.headers[0][1], inspect(signed)], [SECRET, inspect({ headers: names })]);
});
