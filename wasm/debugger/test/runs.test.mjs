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

test('what is marked gives back both texts, wherever parts and differences meet', () => {
  // Every way to cut four bytes into three parts, and to place two differences in them.
  const cuts = [0, 1, 2, 3, 4];
  const partsOf = (text, first, second) => [part('timestamp', text.slice(0, first)), part('literal', text.slice(first, second)), part('body', text.slice(second))];
  let tried = 0;
  for (const first of cuts) for (const second of cuts.slice(first)) {
    for (const a of cuts) for (const b of cuts.slice(a)) for (const c of cuts.slice(b)) for (const d of cuts.slice(c)) {
      const received = 'abcd';
      const signed = `${received.slice(0, a)}XY${received.slice(b, c)}Z${received.slice(d)}`;
      const from = a + 2 + c - b;
      const differences = [{ received: [a, b], signed: [a, a + 2] }, { received: [c, d], signed: [from, from + 1] }];
      const runs = shown({ received: partsOf(received, first, second), signed: partsOf(signed, 1, 3), differences });
      const text = (mark) => runs.filter(([other]) => other === 'same' || other === mark).map(([, , text]) => text).join('');
      assert.equal(text('added'), received);
      assert.equal(text('missing'), signed);
      tried++;
    }
  }
  assert.ok(tried > 1000, `${tried}`);
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
  assert.equal(show('\u0085\u009b\u202e\u202f\u2800'), '<U+0085><U+009B><U+202E><U+202F><U+2800>');
  assert.equal(show('a\ufe0f\u034f\u3164\u{e0041}'), 'a<U+FE0F><U+034F><U+3164><U+E0041>');
  assert.equal(show('ä€😀 e\u0301'), 'ä€😀 e\u0301');
  assert.deepEqual(visible(bytes('a b'), true), [{ text: 'a', unseen: false }, { text: '·', unseen: true }, { text: 'b', unseen: false }]);
  assert.equal(show([0x61, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80]), 'a<\\xff><\\xc3>(<\\xed><\\xa0><\\x80>');
});
