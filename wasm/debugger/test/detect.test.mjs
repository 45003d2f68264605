// The choice among the schemes that the names of a request's headers leave.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detect } from '../src/detect.js';

const candidates = ['a', 'b', 'c'].map((scheme) => ({ scheme, isWhole: true, seen: [] }));
const refused = (...kinds) => ({ error: 'CM_SIGNATURE_MISMATCH', causes: kinds.map((kind) => ({ kind, certainty: 'proved' })), checks: [{ step: 'signature', state: 'failed' }] });
const verified = { causes: [], checks: [{ step: 'signature', state: 'passed' }] };
const stale = { error: 'CM_TIMESTAMP_TOO_OLD', causes: [], checks: [{ step: 'signature', state: 'passed' }] };
const choose = (answers, hasSecret = true) => detect(candidates, hasSecret, (scheme) => answers[scheme]).scheme;

test('the one that verifies, then one whose signature is good or fits a known mistake, then the first', () => {
  assert.equal(choose({ a: refused(), b: refused(), c: verified }), 'c');
  assert.equal(choose({ a: refused('body_newline_added'), b: stale, c: refused() }), 'b');
  assert.equal(choose({ a: refused(), b: refused('key_decoding'), c: refused() }), 'b');
  assert.equal(choose({ a: refused('other_scheme'), b: refused('body_changed'), c: refused('key_unusable') }), 'a');
});

test('without a secret or a candidate there is nothing to try', () => {
  const fail = () => assert.fail('nothing may be tried');
  assert.equal(detect(candidates, false, fail).scheme, 'a');
  assert.equal(detect([], true, fail).scheme, undefined);
});
