// The signed bytes as runs, and bytes as text that can be seen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runsOf, shortened, visible } from '../src/runs.js';

const bytes = (text) => new TextEncoder().encode(text);
const part = (name, text) => ({ name, bytes: bytes(text) });
const shown = (content) => runsOf(content).map(({ bytes, part, mark }) => [mark, part, new TextDecoder().decode(bytes)]);

test('parts without a difference stay as they are, the secret without its bytes', () => {
  const received = [part('timestamp', '17'), part('literal', '.'), part('secret', ''), part('body', '{}')];
  assert.deepEqual(shown({ received, signed: [], differences: [] }), [
    ['same', 'timestamp', '17'],
    ['same', 'literal', '.'],
    ['same', 'secret', ''],
    ['same', 'body', '{}'],
  ]);
});

test('what came on the way, and what was signed', () => {
  const received = [part('timestamp', '17'), part('literal', '.'), part('body', '{"a": 1}\n')];
  const signed = [part('timestamp', '17'), part('literal', '.'), part('body', '{"a":1}')];
  const differences = [
    { received: [8, 9], signed: [8, 8] },
    { received: [11, 12], signed: [10, 10] },
  ];
  assert.deepEqual(shown({ received, signed, differences }).slice(2), [
    ['same', 'body', '{"a":'],
    ['added', 'body', ' '],
    ['same', 'body', '1}'],
    ['added', 'body', '\n'],
  ]);
});

test('missing bytes stand where they were signed', () => {
  const received = [part('url', 'http://x/'), part('form', 'a1')];
  const signed = [part('url', 'https://x/'), part('form', 'a1')];
  assert.deepEqual(shown({ received, signed, differences: [{ received: [4, 4], signed: [4, 5] }] }), [
    ['same', 'url', 'http'],
    ['missing', 'url', 's'],
    ['same', 'url', '://x/'],
    ['same', 'form', 'a1'],
  ]);
});

test('a long text keeps what stands around its differences', () => {
  const long = { bytes: new Uint8Array(10_000), part: 'body', mark: 'same' };
  const mark = { bytes: bytes('x'), part: 'body', mark: 'added' };
  assert.deepEqual(shortened([mark]), [mark]);
  const lengths = shortened([long, mark, long]).map(({ bytes, elided }) => elided ?? bytes.length);
  assert.deepEqual(lengths, [400, 9200, 400, 1, 400, 9600]);
  assert.deepEqual(shortened([long]).map(({ bytes, elided }) => elided ?? bytes.length), [400, 9200, 400]);
});

test('unseen characters can be seen', () => {
  const show = (data) => visible(typeof data === 'string' ? bytes(data) : Uint8Array.from(data)).map(({ text, unseen }) => (unseen ? `<${text}>` : text)).join('');
  assert.equal(show('a\tb\r\nc\0'), 'a<TAB>b<CR><LF>\nc<NUL>');
  assert.equal(show('\ufeffx\u00a0\u200b'), '<BOM>x<U+00A0><U+200B>');
  assert.equal(show('ä€😀'), 'ä€😀');
  assert.deepEqual(visible(bytes('a b'), true), [{ text: 'a', unseen: false }, { text: '·', unseen: true }, { text: 'b', unseen: false }]);
  assert.equal(show([0x61, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80]), 'a<\\xff><\\xc3>(<\\xed><\\xa0><\\x80>');
});
