// What people paste in place of a raw request, and what stands around one. The core reads the rest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import '../../full/file.mjs';
import { readSavedRequest } from '../../full/inspect.mjs';
import { readPaste } from '../src/paste/index.js';

const bytes = (text) => new TextEncoder().encode(text);
const read = (text) => {
  const { body, ...rest } = readPaste(typeof text === 'string' ? bytes(text) : text, readSavedRequest);
  return { ...rest, body: new TextDecoder().decode(body) };
};

const HEAD = 'Host: x.example\nX-Sig: 1';
const BODY = '{"a":1}\n  \n{"b":2}';
const REQUEST = `POST /hook HTTP/1.1\n${HEAD}\n\n${BODY}`;

test('headers without a request line are read as POST without URL', () => {
  const found = read(`${HEAD}\n\n${BODY}`);
  assert.deepEqual([found.method, found.url, found.headers, found.body], ['POST', undefined, [['Host', 'x.example'], ['X-Sig', '1']], BODY]);
  assert.match(found.notes.join(), /without a request line/);
  const alone = read(HEAD);
  assert.deepEqual([alone.headers.length, alone.body], [2, '']);
});

test('what GitHub shows of a delivery has its URL and method', () => {
  const found = read(`Request URL: https://x.example/hook?ä=1\nRequest method: POST\n${HEAD}\n\n${BODY}`);
  assert.deepEqual([found.method, found.url, found.headers.length, found.body], ['POST', 'https://x.example/hook?ä=1', 2, BODY]);
});

for (const [name, text, note] of [
  ['a fence', `\n\`\`\`http\n${REQUEST}\n\`\`\`\n`, /^$/],
  ['netcat', `Listening on 0.0.0.0 8080\nConnection received on localhost 50432\n${REQUEST}`, /netcat/],
  ['Ncat', `Ncat: Listening on :::8080\nNcat: Connection from 127.0.0.1:50432.\n${REQUEST}`, /netcat/],
  ['an indentation', REQUEST.replace(/^(?=.*\S)/gm, '    ').replace('\n  \n', '\n      \n'), /indentation/],
  ['blanks in the line that ends the headers', REQUEST.replace('\n\n', '\n \t\n'), /blanks/],
  ['all of it', `\`\`\`\nListening on 0.0.0.0 8080\n${REQUEST.replace('\n\n', '\n \n')}\n\`\`\``, /fence.*netcat.*blanks/],
  ['CR LF', `listening on [any] 8080 ...\r\n${REQUEST.replace('\n\n', '\n \n').replace(/\n(?=[^]*\{"a)/g, '\r\n')}`, /netcat.*blanks/],
]) {
  test(`left out around a request: ${name}`, () => {
    const { url, headers, body, notes } = read(text);
    assert.deepEqual([url, headers.length, body], ['https://x.example/hook', 2, BODY]);
    assert.match(notes.join(), note);
  });
}

test('a request that the core reads stays as it is', () => {
  for (const body of ['```\nx\n```', ' \n', 'Listening on it\n', '    a\n    b']) assert.deepEqual([read(`POST / HTTP/1.1\nX: 1\n\n${body}`).body, read(`POST / HTTP/1.1\nX: 1\n\n${body}`).notes], [body, []]);
  // A fence is known to the core, whatever stands in it. Of bytes that are no text nothing else is left out.
  const { body } = readPaste(Uint8Array.of(...bytes('```\nPOST / HTTP/1.1\n\n'), 0xff, ...bytes('\n```')), readSavedRequest);
  assert.deepEqual([...body], [0xff]);
  assert.throws(() => read(Uint8Array.of(...bytes('Listening on 0.0.0.0 8080\nPOST / HTTP/1.1\n\n'), 0xff)), /the first line/);
});

const json = (value) => JSON.stringify(value, null, 2);
const headers = { host: 'x.example', 'x-sig': 'ä' };
const pairs = [['host', 'x.example'], ['x-sig', '\u00c3\u00a4']];

test('a request in JSON: HAR, Lambda in both forms, and what a handler logs', () => {
  const request = { method: 'PUT', url: 'https://x.example/hook', headers: [{ name: ':path', value: '/hook' }, ...Object.entries(headers).map(([name, value]) => ({ name, value }))], postData: { text: BODY } };
  const lambda = { rawPath: '/hook', rawQueryString: 'a=1', headers, requestContext: { http: { method: 'POST' } }, body: Buffer.from(BODY).toString('base64'), isBase64Encoded: true };
  const older = { httpMethod: 'POST', path: '/hook', headers, multiValueHeaders: { host: ['x.example'], 'x-sig': ['ä'] }, body: BODY, isBase64Encoded: false };
  for (const [value, method, url, note] of [
    [{ log: { entries: [{ request }] } }, 'PUT', 'https://x.example/hook', /HAR/],
    [request, 'PUT', 'https://x.example/hook', /HAR/],
    [lambda, 'POST', 'https://x.example/hook?a=1', /JSON with headers and body$/],
    [older, 'POST', undefined, /without the URL/],
    [{ headers, body: BODY }, 'POST', undefined, /without the URL/],
    [{ httpMethod: 'POST', path: '/hook', multiValueHeaders: { host: ['x.example'], 'x-sig': ['ä'] }, body: BODY, isBase64Encoded: false }, 'POST', undefined, /without the URL/],
    [{ method: 'PUT', url: 'https://x.example/hook?a=1', headers, body: Buffer.from(BODY) }, 'PUT', 'https://x.example/hook?a=1', /JSON with headers and body$/],
    [{ url: '/hook', headers: Object.entries(headers).flat(), body: BODY }, 'POST', '/hook', /JSON with headers and body$/],
    [{ method: ['PUT'], url: ['https://x.example/hook'], rawHeaders: Object.entries(headers).flat(), body: BODY }, 'POST', undefined, /without the URL/],
    [{ log: { entries: [{ request: { ...request, method: null, url: {} } }] } }, 'POST', undefined, /HAR/],
    [{ headers: Object.entries(headers), body: BODY }, 'POST', undefined, /without the URL/],
    [{ headers: Object.entries(headers).map(([name, value]) => ({ name, value })), body: BODY }, 'POST', undefined, /without the URL/],
  ]) {
    const found = read(json(value));
    assert.deepEqual([found.method, found.url, found.headers, found.body], [method, url, pairs, BODY]);
    assert.match(found.notes.join(), note);
  }
});

test('a header without a value is empty', () => {
  for (const headers of [[{ name: 'X-Empty' }], [{ name: 'X-Empty', value: null }], { 'X-Empty': '' }]) assert.deepEqual(read(json({ headers, body: '' })).headers, [['X-Empty', '']]);
});

test('what cannot be read says what to paste', () => {
  for (const [text, what] of [
    ['Request Details\nPOST\thttps://x.example', /the first line is neither .* nor a header, .* Paste the request/],
    ['{"action":"opened"}', /paste the headers, a blank line/],
    ["{ host: 'x' }", /paste the headers, a blank line/],
    [json({ headers, body: { a: 1 } }), /parsed already/],
    [json({ headers, body: { type: 'Buffer', data: [256] } }), /parsed already/],
    [json({ headers: [null] }), /no list of names and values/],
    [json({ headers: ['host'] }), /no list of names and values/],
    [json({ headers: [{}] }), /no list of names and values/],
    [json({ log: { entries: [null] } }), /paste the headers, a blank line/],
    [json({ headers, body: '{', isBase64Encoded: true }), /no base64/],
    [json({ log: { entries: [{}, {}] } }), /HAR file of 2 requests/],
    [json({ headers: [], postData: { params: [] } }), /not hold the text/],
    ['$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\nInvoke-WebRequest -Uri "https://x"', /PowerShell/],
    [new Uint8Array(26 * 1024 * 1024).fill(65), /longer than the 25 MB/],
    [`POST / HTTP/1.1\n${'X: 1\n'.repeat(1001)}\n`, /more than the 1,000 headers/],
  ]) assert.throws(() => read(text), what);
});
