// What is pasted besides raw requests: curl lines and fetch calls.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { curlLine } from '../src/curl-line.js';
import { readCurl } from '../src/paste/curl.js';
import { readPaste } from '../src/paste/index.js';
import { fromCommandPrompt, shellWords } from '../src/paste/shell.js';

const bytes = (text) => new TextEncoder().encode(text);
const refuse = () => assert.fail('the reader of raw requests was asked');
const read = (text) => {
  const { body, ...rest } = readPaste(bytes(text), refuse);
  return { ...rest, body: new TextDecoder().decode(body) };
};

/** What a real shell makes of the words. */
const shell = (line) => spawnSync('bash', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' }).stdout.split('\0').slice(0, -1);

test('words are those of a real shell', () => {
  for (const line of [
    `a 'b c' "d e"f`,
    `'{"a":"it'\\''s"}'`,
    `"a\\"b\\\\c\\nd" x\\ y`,
    `$'line\\nfeed\\ttab\\u00e4\\x41\\'q' '' ""`,
    `one \\\n  two`,
    `'a'"b"c$'d'`,
    // Bytes, of which a letter may take several.
    `$'\\303\\244 \\xc3\\xa4 \\xC3\\244 \\xe2\\x82\\xac\\101\\x4a'`,
    `$'\\q \\xg \\" \\? \\E[0m'`,
    `"100 $" "$ a" "\\$HOME \\\`x\\\`" '$HOME \`x\`' a$ \\$b`,
  ]) {
    assert.deepEqual(shellWords(line), shell(line), line);
  }
});

test('a quote that is open and a second command are refused', () => {
  for (const line of [`'a`, `"a`, `$'a`]) assert.throws(() => shellWords(line), /not closed/);
  for (const line of ['a | b', 'a; b', 'a > b', 'a && b']) assert.throws(() => shellWords(line), /only one command/);
});

test('what the shell would fill in is refused, and so are bytes that are no text', () => {
  for (const line of ['"a $name"', '"a ${name}"', '"a $(id)"', '"a `id`"', '"$1"', '$name', 'a`id`b', 'x?$filter=1']) assert.throws(() => shellWords(line), /fills in/, line);
  assert.throws(() => shellWords(`$'\\xff'`), /no UTF-8/);
  assert.throws(() => shellWords(`$'a\\0b'`), /zero byte/);
  // For the command prompt of Windows a `$` is one.
  assert.equal(read('curl ^"https://x.example/^" ^\r\n  --data-raw ^"$name `x`^"').body, '$name `x`');
});

test('a curl line as Chromium copies it', () => {
  const found = read(`curl 'https://x.example/hook?a=1' \\
  -H 'content-type: application/json' \\
  -H 'X-Hub-Signature-256: sha256=00' \\
  --data-raw $'{"a":"it\\'s \\u00e4"}' --compressed --insecure`);
  assert.deepEqual(found, {
    method: 'POST',
    url: 'https://x.example/hook?a=1',
    headers: [['content-type', 'application/json'], ['X-Hub-Signature-256', 'sha256=00']],
    body: `{"a":"it's ä"}`,
    notes: ['read from a curl line'],
  });
});

test('a curl line of the Windows command prompt', () => {
  assert.equal(fromCommandPrompt('curl ^"https://x/^" ^\r\n  -H ^"A: 1^"'), 'curl "https://x/"  -H "A: 1"');
  const found = read('curl ^"https://x.example/^" ^\r\n  -H ^"X-A: 1^" ^\r\n  --data-raw ^"^{^\\^"a^\\^":1^}^"');
  assert.deepEqual([found.url, found.headers[0], found.body], ['https://x.example/', ['X-A', '1'], '{"a":1}']);
});

test('a curl line of the command prompt as older browsers copy it', () => {
  const found = read('curl "https://x.example/?a=1^&b=2" ^\r\n  -H "X-A: a^^b" ^\r\n  --data-raw "^{^\\^"a^\\^":1^}"');
  assert.deepEqual([found.url, found.headers[0], found.body], ['https://x.example/?a=1&b=2', ['X-A', 'a^b'], '{"a":1}']);
});

test('lines of a body for the command prompt', () => {
  for (const end of ['\n', '\r\n']) {
    const body = ['^"^{', `  ^\\^"a^\\^":1`, '^}^"'].join(`^${end}${end}`);
    assert.equal(read(`curl ^"https://x.example/^" ^${end}  -H ^"A: 1^" ^${end}  --data-raw ${body}`).body, '{\n  "a":1\n}');
  }
});

test('a caret in a line of a POSIX shell is a caret', () => {
  for (const body of ['{"re":"^"}', '{"re":"^[a-z]^"}', 'a ^" b', 'two^\nlines^\n', '^']) {
    for (const written of [`'${body}'`, `$'${body}'`, `"${body.replaceAll('"', '\\"')}"`]) {
      assert.equal(read(`curl 'https://x.example/' -H 'X-A: ^' \\\n  --data-raw ${written}`).body, body, written);
    }
  }
});

test('the short forms of curl', () => {
  const one = (line) => readCurl(line);
  assert.equal(one('curl x.example').url, 'http://x.example');
  assert.equal(one('$ curl -sS -XPUT -HA:1 -d a=1 -d b=2 http://x').body, 'a=1&b=2');
  assert.equal(one('curl -sS -XPUT -HA:1 -d a=1 http://x').method, 'PUT');
  assert.equal(one('curl -sX POST http://x').method, 'POST');
  assert.equal(one('curl -sSkXPOST http://x').method, 'POST');
  assert.deepEqual(one("curl -vsH 'A: 1' -kd a=1 -Gs http://x/").headers, [['A', '1']]);
  assert.equal(one("curl -vsH 'A: 1' -kd a=1 -Gs http://x/").url, 'http://x/?a=1');
  assert.equal(one('curl -so/dev/null -so /dev/null http://x/').url, 'http://x/');
  assert.deepEqual(one('curl --json {} http://x').headers, [['Content-Type', 'application/json']]);
  assert.deepEqual(one('curl -H "X-Empty;" http://x').headers, [['X-Empty', '']]);
  assert.equal(one('curl -G -d a=1 http://x/?b=2').url, 'http://x/?b=2&a=1');
  assert.equal(one("curl --data-raw=@a --url http://x").body, '@a');
});

test('what a curl line does not say is said', () => {
  for (const [line, what] of [
    ['curl -d @body.json http://x', /in the file body\.json/],
    ['curl -F a=b http://x', /-F is not understood/],
    ['curl -sF a=b http://x', /-F is not understood/],
    ['curl -H', /has no value/],
    ['curl -sX', /-X has no value/],
    ['curl -s', /no URL/],
    ['curl http://x http://y', /more than one URL/],
  ]) {
    assert.throws(() => readCurl(line), what, line);
  }
});

test('a fetch call as browsers copy it', () => {
  const found = read(`await fetch("https://x.example/h", {
  "headers": {"x-a": "1"}, "body": "{\\"a\\":1}", "method": "POST" });`);
  assert.deepEqual([found.method, found.url, found.headers, found.body], ['POST', 'https://x.example/h', [['x-a', '1']], '{"a":1}']);
  assert.deepEqual(read('fetch("https://x.example/h", {"headers": [["x-a", "1"], ["x-a", "2"]]})').headers, [['x-a', '1'], ['x-a', '2']]);
  assert.throws(() => read('fetch(url, { method })'), /written in JSON/);
  assert.throws(() => read('Invoke-WebRequest -Uri "https://x"'), /PowerShell/);
});

test('a header is handed on as bytes', () => {
  const [, [, value]] = readPaste(bytes("curl -H 'A: 1' -H 'B: ä' http://x"), refuse).headers;
  assert.equal(value, '\u00c3\u00a4');
});

test('the curl line that is written reads back, and a real shell agrees', () => {
  for (const body of ['', '{"a":"it\'s"}', '@file', '-d', 'a=1&b=%20', 'two\nlines\n', '$HOME `x` "y" \\ !', 'ä €', '\ufeff{}']) {
    const request = { method: 'POST', url: 'https://x.example/h?a=1&b=2', headers: [['X-Sig', "t=1,v1=a'b"], ['Content-Type', 'text/plain'], ['X-Empty', '']], body: bytes(body) };
    const line = curlLine(request);
    const found = readCurl(line);
    assert.deepEqual({ ...found, body: bytes(found.body) }, request);
    assert.deepEqual(shellWords(line), shell(line));
  }
  // A pattern for curl, unless it is told that it is none.
  assert.match(curlLine({ method: 'POST', url: 'http://x/?a[]={1,2}', headers: [], body: bytes('') }), /^curl -g /);
  assert.throws(() => curlLine({ method: 'POST', url: 'http://x', headers: [], body: Uint8Array.of(0xff) }));
  assert.throws(() => curlLine({ method: 'POST', url: 'http://x', headers: [], body: Uint8Array.of(0) }), /zero byte/);
});
