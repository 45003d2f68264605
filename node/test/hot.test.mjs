// What the hot calls do by hand: texts of every length, headers in every form, and what is read after the next call.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignedQueryVerifier, WebhookVerifier } from 'countermark';
import { signQuery, signWebhook } from 'countermark/testing';

const SECRET = 'a secret of at least twenty characters';
const github = new WebhookVerifier({ scheme: 'github', keys: [{ id: 'schlüssel', secret: SECRET }] });
const sign = (body) => signWebhook({ scheme: 'github', secret: SECRET, body }).headers;

test('a text is its UTF-8, whatever its length and however it was made', () => {
  for (const unit of ['a', 'é', '€', '𝄞']) {
    for (const length of [0, 1, 8187, 8188, 8189, 8190, 8191, 8192, 8193, 8194, 8195, 8196, 8197, 9000, 100_000]) {
      const body = unit.repeat(Math.ceil(length / Buffer.byteLength(unit)));
      const verified = github.verify({ headers: sign(Buffer.from(body)) }, body);
      assert.equal(verified.text(), body);
      assert.deepEqual(Buffer.from(verified.body), Buffer.from(body));
    }
  }
  const rope = ['{"a":', '"b"', '}'].reduce((left, right) => left + right);
  assert.deepEqual(github.verify({ headers: sign('{"a":"b"}') }, rope).json(), { a: 'b' });
  assert.equal(github.verify({ headers: sign('\ufffd') }, '\ud800').text(), '\ufffd', 'a lone surrogate');
});

test('a body is handed back as it is, without a copy', () => {
  const body = new Uint8Array(Buffer.from('xxbodyxx').buffer, 0).subarray(0, 0);
  assert.equal(github.verify({ headers: sign('') }, body).body, body);
  const part = Buffer.from('xxbodyxx').subarray(2, 6);
  assert.equal(github.verify({ headers: sign('body') }, part).body, part);
  assert.equal(github.verify({ headers: sign('body') }, part).keyId, 'schlüssel');
});

test('headers in every form', () => {
  const [[name, value]] = sign('body');
  const forms = {
    raw: ['Host', 'x', name, value],
    pairs: [['Host', 'x'], [name, value]],
    headers: new Headers([['Host', 'x'], [name, value]]),
    map: new Map([[name, value]]),
    object: { Host: 'x', [name]: value, missing: undefined, none: null },
    lists: { Host: ['x', 'y'], [name]: [value] },
  };
  for (const [form, headers] of Object.entries(forms)) assert.equal(github.verify({ headers }, 'body').keyId, 'schlüssel', form);
  for (const headers of [[], {}, new Headers(), undefined]) {
    assert.throws(() => github.verify({ headers }, 'body'), { code: 'CM_MISSING_HEADER' });
  }
  assert.throws(() => github.verify({ headers: [name, value, name, `${value.slice(0, -1)}x`] }, 'body'), { code: 'CM_AMBIGUOUS_INPUT' });
});

test('a header cannot bring another, and no character becomes another one', () => {
  const [[name, value]] = sign('body');
  const refused = (headers) => assert.throws(() => github.verify({ headers }, 'body'), { class: 'not_authentic' });
  refused([['x', `y\n${name}\n${value}`]]);
  refused([[`x\ny\n${name}`, value]]);
  // U+0161 ends in the byte of "a": cut to bytes, the value would be the good one.
  refused([[name, value.replace(/[a-f](?=[^a-f]*$)/, (digit) => String.fromCharCode(0x100 + digit.charCodeAt(0)))]]);
  assert.equal(github.verify({ headers: [['x', 'é'], ['y', 'a\nb'], [name, value]] }, 'body').keyId, 'schlüssel');
});

test('what is read late is what was verified', () => {
  const queries = new SignedQueryVerifier({ profile: 'legacy-onelogin', keys: [{ id: '1', secret: SECRET }] });
  const query = (firstname) => signQuery({ profile: 'legacy-onelogin', secret: SECRET, fields: { firstname, lastname: 'Ö', email: 'a@example.com' } });
  const nowMs = Date.now();
  const verified = ['Ann', 'Änne', '安'].map((name) => queries.verify(query(name), nowMs));
  assert.deepEqual(verified.map((one) => one.get('firstname')), ['Ann', 'Änne', '安']);
  assert.equal(new Set(verified.map((one) => one.replayKey)).size, 3);
  assert.deepEqual(verified.map((one) => one.get('none')), [undefined, undefined, undefined]);

  const webhooks = ['one', 'two'].map((body) => github.verify({ headers: sign(body) }, body));
  assert.throws(() => github.verify({ headers: sign('x') }, 'y'), { code: 'CM_SIGNATURE_MISMATCH' });
  assert.deepEqual(webhooks.map((one) => [one.text(), one.covers]), [['one', ['body']], ['two', ['body']]]);
  assert.notEqual(webhooks[0].replayKey, webhooks[1].replayKey);
});
