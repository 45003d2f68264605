// What the hot calls do by hand: texts of every length, headers in every form, and what is read after the next call.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignedQueryVerifier, WebhookVerifier, listSchemes, parseReply } from 'countermark';
import { signQuery, signWebhook } from 'countermark/testing';

const SECRET = 'a secret of at least twenty characters';
const WHSEC = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
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

test('what is read late does not follow what the caller has changed meanwhile', () => {
  const [[name, value]] = sign('one');
  const headers = { [name]: value };
  const body = Buffer.from('one');
  const verified = github.verify({ headers }, body);
  const { replayKey } = github.verify({ headers }, body);
  headers[name] = sign('two')[0][1];
  assert.equal(verified.replayKey, replayKey);
  const spoiled = github.verify({ headers: [name, value] }, body);
  github.verify({ headers: [name, value] }, 'one');
  body.write('two');
  assert.throws(() => spoiled.keyId, { code: 'CM_SIGNATURE_MISMATCH' });
  assert.throws(() => spoiled.fields, { code: 'CM_SIGNATURE_MISMATCH' });
});

test('a query that was verified stays what it was, whatever its array holds by then', () => {
  const sign = (firstname) => Buffer.from(signQuery({ profile: 'legacy-onelogin', secret: SECRET, fields: { firstname, lastname: 'Lee', email: `${firstname}@example.com` } }));
  const queries = new SignedQueryVerifier({ profile: 'legacy-onelogin', keys: [{ id: '1', secret: SECRET }] });
  const [ann, eve] = [sign('ann'), sign('eve')];
  for (const verify of [(query) => queries.verify(query), (query) => queries.tryVerify(query).value]) {
    const given = Buffer.from(ann);
    const [early, late] = [verify(given), verify(given)];
    assert.equal(early.claimedEmail, 'ann@example.com');
    eve.copy(given);
    queries.verify(sign('zoe'));
    assert.deepEqual([late.claimedEmail, late.get('firstname'), late.replayKey], ['ann@example.com', 'ann', early.replayKey]);
    for (const link of [early, late]) {
      assert.throws(() => link.checkProfile('eve', 'Lee'), { code: 'CM_PROFILE_MISMATCH' });
      assert.equal(link.checkProfile('ann', 'Lee'), 'ann@example.com');
      assert.equal(link.checkKnownEmails(['ann@example.com']), 'ann@example.com');
      assert.ok(!link.ambiguousEmails().includes('eve@example.com'));
    }
  }
});

test('a header counts however it is written, and twice only if it says the same', () => {
  const [[name, value]] = sign('body');
  const other = `${value.slice(0, -1)}x`;
  for (const spelling of [name, name.toLowerCase(), name.toUpperCase(), 'x-HUB-signature-256']) {
    assert.equal(github.verify({ headers: { [spelling]: value } }, 'body').keyId, 'schlüssel', spelling);
    assert.equal(github.verify({ headers: ['Host', 'x', spelling, value] }, 'body').keyId, 'schlüssel', spelling);
    for (const [first, second] of [[value, other], [other, value], ['', value]]) {
      const twice = [[name.toLowerCase(), first], [spelling, second]];
      for (const headers of [twice, twice.flat(), twice.slice(1).concat(twice.slice(0, 1)).flat()]) {
        assert.throws(() => github.verify({ headers }, 'body'), { code: 'CM_AMBIGUOUS_INPUT' }, `${headers}`);
      }
    }
  }
  assert.throws(() => github.verify({ headers: { 'x-hub-signature-256': value, 'X-Hub-Signature-256': other } }, 'body'), { code: 'CM_AMBIGUOUS_INPUT' });
  assert.throws(() => github.verify({ headers: { 'x-hub-signature-256': [value, other] } }, 'body'), { code: 'CM_AMBIGUOUS_INPUT' });
  // The Kelvin sign is a small k only to those who fold all of Unicode.
  const { headers } = signWebhook({ scheme: 'standard-webhooks', secret: WHSEC, body: '{}', messageId: 'msg_1' });
  const standard = new WebhookVerifier({ scheme: 'standard-webhooks', keys: [{ id: '1', secret: WHSEC }] });
  assert.equal(standard.verify({ headers }, '{}').keyId, '1');
  const folded = headers.map(([name, value]) => [name.replace('k-signature', '\u212a-signature'), value]);
  assert.throws(() => standard.verify({ headers: folded }, '{}'), { code: 'CM_MISSING_HEADER' });
});

test('headers that are none, or that nobody has sent', () => {
  const [[name, value]] = sign('body');
  const inherited = Object.create({ [name]: value });
  assert.throws(() => github.verify({ headers: inherited }, 'body'), { code: 'CM_MISSING_HEADER' });
  for (const headers of [[name], [name, value, 'x'], [[name]], [[name, 5]], { [name]: 5 }, { [name]: [5] }, { [name]: Symbol('x') }, 'text', [[]], [5, value], [[5, value]], [null, value]]) {
    assert.throws(() => github.verify({ headers }, 'body'), { code: 'CM_INVALID_INPUT' }, String(JSON.stringify(headers)));
  }
  const trap = new Proxy({}, { ownKeys: () => { throw new Error('trapped'); } });
  assert.throws(() => github.verify({ headers: trap }, 'body'), { code: 'CM_INVALID_INPUT' });
  assert.throws(() => github.verify({ get headers() { throw new Error('trapped'); } }, 'body'), { code: 'CM_INVALID_INPUT' });
  assert.throws(() => github.verify(undefined, 'body'), { code: 'CM_INVALID_INPUT' });
});

test('texts of any length are read whole', () => {
  const [[name, value]] = sign('body');
  for (const length of [0, 1, 4093, 4094, 4095, 4096, 4097, 8191, 8192, 8193]) {
    for (const last of ['', 'x', 'é', '安', '\ud800']) {
      const body = 'x'.repeat(length) + last;
      const headers = sign(Buffer.from(body));
      assert.deepEqual(Buffer.from(github.verify({ headers }, body).body), Buffer.from(body), `${length} ${last}`);
      assert.equal(github.tryVerify({ headers }, `${body}x`).code, 'CM_SIGNATURE_MISMATCH');
    }
    const padded = ' '.repeat(length) + value;
    assert.equal(github.verify({ headers: { [name]: padded } }, 'body').keyId, 'schlüssel', `${length}`);
    // Of its low bytes, U+0161 is an "a".
    for (const other of [padded.replace('sha256', 'sh\u0161256'), `${padded.slice(0, -1)}\u0130`]) {
      assert.equal(github.tryVerify({ headers: { [name]: other } }, 'body').ok, false, `${length}`);
    }
  }
});

test('memory that threads share, or that is gone, is not read', () => {
  const headers = sign('body');
  const shared = new Uint8Array(new SharedArrayBuffer(4));
  shared.set(Buffer.from('body'));
  assert.throws(() => github.verify({ headers }, shared), { code: 'CM_INVALID_INPUT' });
  assert.throws(() => github.tryVerify({ headers, method: 'POST' }, shared), { code: 'CM_INVALID_INPUT' });
  const gone = new Uint8Array(Buffer.from('body'));
  structuredClone(gone.buffer, { transfer: [gone.buffer] });
  const nothing = new Uint8Array(new SharedArrayBuffer(0));
  for (const wrong of [shared, nothing, gone]) {
    for (const request of [{ headers: sign('') }, { headers: sign(''), method: 'POST' }]) {
      assert.throws(() => github.verify(request, wrong), { code: 'CM_INVALID_INPUT' });
    }
    assert.throws(() => parseReply('start', wrong), { code: 'CM_INVALID_INPUT' });
    assert.throws(() => new WebhookVerifier({ scheme: 'github', keys: [{ id: '1', secret: wrong }] }), { code: 'CM_INVALID_INPUT' });
  }
  // An array that follows its buffer, while a getter shrinks it.
  const buffer = new ArrayBuffer(4, { maxByteLength: 8 });
  const body = new Uint8Array(buffer);
  body.set(Buffer.from('body'));
  const request = { headers, get method() { buffer.resize(2); return 'POST'; } };
  assert.throws(() => github.verify(request, body), { code: 'CM_SIGNATURE_MISMATCH' });
  assert.equal(github.verify({ headers: sign('bo') }, body).keyId, 'schlüssel');
});

test('the few headers that a scheme reads give what all of them give', () => {
  const [[name, value]] = sign('body');
  assert.equal(github.verify({ headers: { [name]: ' '.repeat(20_000) + value } }, 'body').keyId, 'schlüssel');
  let compared = 0;
  for (const { id } of listSchemes()) {
    for (const secret of [SECRET, WHSEC]) {
      let signed;
      try {
        signed = signWebhook({ scheme: id, secret, body: '{"a":1}', messageId: 'msg_1', nowMs: 1_700_000_000_000 });
      } catch (error) {
        assert.match(error.code, /^CM_/, 'it needs another key, a URL, or a body of its own');
        continue;
      }
      const verifier = new WebhookVerifier({ scheme: id, keys: [{ id: '1', secret }] });
      // A map is taken whole.
      const [few, all] = [signed.headers, new Map(signed.headers)].map((headers) => {
        const { ok, value, code } = verifier.tryVerify({ headers }, '{"a":1}', 1_700_000_000_000);
        return ok ? [value.messageId, value.timestampMs, value.replayKey, value.covers] : code;
      });
      assert.deepEqual(few, all, id);
      compared++;
    }
  }
  assert.ok(compared > 40, `${compared}`);
});
