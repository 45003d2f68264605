// Runs the vectors of `vectors/receiver/webhooks.json` on one JavaScript shell. The requests are signed here and now, since receivers go by
// the system's clock.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CountermarkError, MemoryReplayStore } from 'countermark';
import { signWebhook } from 'countermark/testing';

const file = JSON.parse(readFileSync(new URL('../../tests/vectors/receiver/webhooks.json', import.meta.url), 'utf8'));

/**
 * @param shell its name in `unable`
 * @param start takes the settings and the handler of a webhook, and gives a site: `send(request)` answers, `close()` ends it. The handler
 *   gives the status of an answer that is not the library's; its body is `own`. `dry`: only make the receiver; `readFirst`: let something read
 *   the body before it
 * @param name that of the tests
 */
export function receiverTests(shell, start, name = shell) {
  for (const { description, receiver, request, tests } of file.testGroups) {
    test(`${name}: ${description}`, async (t) => {
      for (const one of tests) {
        const unable = one.unable?.find(({ shells }) => shells.includes(shell));
        if (unable && unable.status === undefined) continue;
        await t.test(`${one.tcId} ${one.comment}`, () => run(start, { ...receiver, ...one.receiver }, { ...request, ...one.request }, one.exchanges, unable?.status));
      }
    });
  }
  test(`${name}: when a receiver is made`, () => {
    for (const { comment, receiver, error, unable } of file.constructions) {
      if (unable?.some(({ shells }) => shells.includes(shell))) continue;
      const make = () => start(settings(receiver), () => {}, { dry: true });
      if (error) assert.throws(make, { code: `CM_${error}` }, comment);
      else make();
    }
  });
}

const settings = (receiver, store) => ({
  scheme: receiver.scheme,
  spec: own(receiver.own),
  keys: [{ id: '1', secret: receiver.secret }],
  maxBodyBytes: receiver.max_body_bytes,
  keepS: receiver.keep_s,
  checkTime: receiver.check_time,
  origin: receiver.origin,
  handshakeSecret: receiver.handshake_secret ?? undefined,
  store,
});

/** The scheme that the site describes itself, if it does. */
const own = (spec) => spec && { id: spec.id, signatureHeader: spec.signature_header, signed: spec.signed, timeHeader: spec.time_header, digest: spec.digest };

async function run(start, receiver, asked, exchanges, status) {
  const request = signed(receiver, asked);
  const calls = [];
  const keys = new Set();
  const memory = new MemoryReplayStore();
  let now;
  const step = (name, method = name) => (key, ...rest) => {
    calls.push(name);
    keys.add(key);
    if (now.store?.[name] === 'throws') throw new Error('the store is away');
    return now.store?.[name] === 'taken' ? false : memory[method](key, ...rest);
  };
  const store = { reserve: step('reserve'), commit: step('commit'), isCommitted: step('is_committed', 'isCommitted'), release: step('release') };
  const handle = (webhook) => {
    calls.push('handle');
    assert.deepEqual(Buffer.concat([webhook.body, webhook.unsignedBody]), request.body);
    if (now.handler === 'throws') throw new Error('the database is away');
    if (now.handler === 'refuses') throw new CountermarkError('CM_SIGNATURE_MISMATCH');
    return now.handler;
  };
  let site;
  try {
    site = await start(settings(receiver, store), handle, { readFirst: asked.read_first });
  } catch (error) {
    // What would be a fault of every request is one of the receiver here, and said before any comes.
    assert.deepEqual([error.code, error.detail], ['CM_INVALID_CONFIG', 'origin']);
    for (const { answer, calls: wanted } of exchanges) assert.deepEqual([answer.fault, wanted], [500, []]);
    return;
  }
  try {
    for (now of exchanges) {
      calls.length = 0;
      const reply = await site.send({ ...request, framing: now.framing ?? asked.framing });
      if (status !== undefined) {
        assert.deepEqual([reply.status, calls], [status, []]);
        return;
      }
      // What becomes of a key may be seen after the answer.
      for (let waited = 0; calls.length < now.calls.length && waited < 10_000; waited += 5) await sleep(5);
      assert.deepEqual(calls, now.calls, `answer ${reply?.status}`);
      if (now.answer) judge(reply, now.answer, asked.method);
    }
    assert.ok(keys.size <= 1, 'one message has one key');
  } finally {
    await site.close?.();
  }
}

function judge({ status, headers, body }, wanted, method) {
  if (wanted.fault) return assert.equal(status, wanted.fault);
  const text = Buffer.from(body).toString();
  if (wanted.own) return assert.deepEqual([status, text], [wanted.own, 'own']);
  const ours = wanted.refused ? { status: wanted.refused, content_type: 'text/plain; charset=utf-8', body: file.public_text } : wanted;
  assert.equal(status, ours.status);
  if (method !== 'HEAD') assert.equal(text, ours.body);
  if (ours.content_type) assert.ok(headers.get('content-type').startsWith(ours.content_type), headers.get('content-type'));
  return assert.equal(headers.get('x-content-type-options'), 'nosniff');
}

/** What is sent: `{ method, target, headers, body }`. */
function signed(receiver, { method, target, headers, body, body_base64: base64, body_length: length, sign, also = [], upper }) {
  let bytes = base64 ? Buffer.from(base64, 'base64') : Buffer.from(length ? 'x'.repeat(length) : body);
  let all = headers;
  let path = target;
  if (sign) {
    const url = (sign.origin ?? receiver.origin ?? 'https://hooks.example') + (sign.target ?? target);
    const made = signWebhook({
      scheme: receiver.scheme,
      secret: receiver.signing_secret ?? receiver.secret,
      method,
      url,
      headers,
      body: sign.body ?? bytes,
      messageId: sign.message_id,
      nowMs: Date.now() - 1000 * (sign.age_s ?? 0),
    });
    all = made.headers;
    if (made.url !== url) path = made.url.slice(made.url.indexOf('/', 8));
    if (sign.body === undefined) bytes = Buffer.from(made.body);
  }
  all = [...all, ...also];
  if (upper) all = all.map(([name, value]) => [name.toUpperCase(), value]);
  return { method, target: path, headers: all, body: bytes };
}

/** A site of a handler of plain `fetch`, as a platform calls it. */
export const overFetch = (hook, readFirst) => ({
  async send({ method, target, headers, body }) {
    const request = new Request(`https://internal.example${target}`, { method, headers, body: body.length > 0 ? body : undefined });
    if (readFirst) await request.text();
    try {
      const reply = await hook(request);
      return { status: reply.status, headers: reply.headers, body: await reply.arrayBuffer() };
    } catch {
      return { status: 500 };
    }
  },
});

/** Sends one request over a connection of its own, byte for byte as it is written here; nothing where it goes away. */
export async function sendRaw(port, { method, target, headers, body, framing }) {
  const socket = connect(port, '127.0.0.1');
  const received = [];
  socket.on('data', (data) => received.push(data)).on('error', () => {});
  const ended = new Promise((resolve) => socket.on('close', resolve));
  const length = framing === 'chunked' ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', body.length];
  const lines = [...headers, ['Host', 'internal.example'], ['Connection', 'close'], length, ...(framing === 'expect' ? [['Expect', '100-continue']] : [])];
  socket.write(`${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`, 'latin1');
  if (framing === 'aborted') {
    // Whether it was read before the line breaks or not: it has been sent.
    await new Promise((resolve) => void socket.write(body.subarray(0, body.length / 2), resolve));
    await sleep(20);
    socket.destroy();
    return undefined;
  }
  if (framing === 'expect') {
    while (received.length === 0 && !socket.destroyed) await sleep(1);
    assert.match(Buffer.concat(received.splice(0)).toString(), /^HTTP\/1.1 100 /);
  }
  if (framing === 'slow') {
    for (const byte of body) {
      socket.write(Buffer.of(byte));
      await sleep(2);
    }
  } else if (framing === 'chunked') {
    for (let at = 0; at < body.length; at += 400) {
      const chunk = body.subarray(at, at + 400);
      socket.write(Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]));
    }
    socket.write('0\r\n\r\n');
  } else {
    socket.write(body);
  }
  await ended;
  return parsed(Buffer.concat(received).toString('latin1'));
}

function parsed(text) {
  const [head, rest] = [text.slice(0, text.indexOf('\r\n\r\n')), text.slice(text.indexOf('\r\n\r\n') + 4)];
  const [first, ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
  const body = headers.get('transfer-encoding') === 'chunked' ? rest.replaceAll(/[0-9a-f]+\r\n(.*)\r\n/gi, '$1').replace(/^0\r\n[^]*$/, '') : rest;
  return { status: Number(first.split(' ')[1]), headers, body: Buffer.from(body, 'latin1') };
}
