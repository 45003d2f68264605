// What is particular to the helper for Express, and to others that hand over Node's `(req, res)`.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { connect as http2, createServer as createHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import Koa from 'koa';
import * as forExpress from 'countermark/express';
import { signWebhook } from 'countermark/testing';
import { SECRET, message, options, recording } from './frameworks.mjs';
import { listen, until } from './support.mjs';

test('express: with a `next` no promise comes back', async (t) => {
  const away = new Error('the database is away');
  const hook = forExpress.webhook(options(), () => Promise.reject(away));
  assert.equal(hook.constructor.name, 'Function', 'restify refuses an async function with three parameters');
  let failed;
  // As h3 calls what has three parameters: what comes back is the answer, and only where nothing does it waits for `next`.
  const site = await listen(createServer(async (req, res) => {
    const answer = await new Promise((resolve, reject) => {
      const returned = hook(req, res, (error) => (error ? reject(error) : resolve('next')));
      if (returned !== undefined) resolve(returned);
    }).catch((error) => (failed = error));
    res.writeHead(answer === failed ? 500 : 204).end();
  }));
  t.after(site.close);
  const { headers, body } = message();
  assert.deepEqual([(await fetch(site.url, { method: 'POST', headers, body })).status, failed], [500, away]);
});

test('express: a sender that hangs up within the body ends nothing', async (t) => {
  const hook = forExpress.webhook(options(), () => assert.fail('it did not come whole'));
  const ends = [];
  const server = createServer((req, res) => {
    if (req.url === '/next') hook(req, res, (error) => ends.push(error.code));
    // Whoever waits may; nobody needs to.
    else hook(req, res).then(() => ends.push('nothing'), (error) => ends.push(error.code));
  });
  const site = await listen(server);
  t.after(site.close);
  for (const [path, end] of [['/', 'nothing'], ['/next', 'ECONNRESET']]) {
    const socket = connect(new URL(site.url).port, '127.0.0.1');
    const seen = once(server, 'request');
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc`);
    await seen;
    socket.destroy();
    await until(() => ends.length > 0);
    assert.deepEqual(ends.splice(0), [end]);
  }
  const newer = createHttp2((req, res) => hook(req, res).then(() => ends.push('nothing'), (error) => ends.push(error.code)));
  const { url, close } = await listen(Object.assign(newer, { closeAllConnections() {} }));
  const client = http2(url);
  const seen = once(newer, 'request');
  client.request({ ':method': 'POST', ':path': '/' }).on('error', () => {}).write('abc');
  await seen;
  client.destroy();
  await until(() => ends.length > 0);
  assert.deepEqual(ends, ['nothing']);
  await close();
});

test('express: a request that was put together', async () => {
  const seen = [];
  const hook = forExpress.webhook(options(), (webhook) => void seen.push(webhook.text()));
  // As serverless-http does it: no raw headers, a number among the others, and the body beside the stream.
  const send = async ({ headers, body }) => {
    const named = { ...Object.fromEntries(headers), 'content-length': body.length, 'set-cookie': ['a=1', 'b=2'], host: undefined };
    const req = Object.assign(new IncomingMessage(null), { method: 'POST', url: '/hook', complete: true, headers: named, body: Buffer.from(body) });
    const res = new ServerResponse(req);
    await hook(req, res);
    return res.statusCode;
  };
  const good = message();
  assert.deepEqual([await send(good), await send({ ...good, body: '{}' }), seen], [200, 401, [good.body]]);
});

test('express: a parser that leaves something there has not read the body', async (t) => {
  const app = express();
  // Express 4 leaves an empty object of a body that it does not parse; meanwhile a session is looked up, and the body arrives.
  app.use(async (req, res, next) => {
    req.body = {};
    while (!req.complete) await sleep(1);
    if (req.path === '/read') for await (const _ of req);
    next();
  });
  app.use(forExpress.webhook(options(), () => {}));
  app.use((error, req, res, next) => res.status(500).send(error.code));
  const site = await listen(createServer(app));
  t.after(site.close);
  const post = async (path) => {
    const { headers, body } = message();
    const reply = await fetch(site.url + path, { method: 'POST', headers, body });
    return [reply.status, await reply.text()];
  };
  assert.deepEqual([await post('/'), await post('/read')], [[200, ''], [500, 'CM_BODY_ALREADY_READ']]);
});

test('koa: a handler that answers by itself, with the status that Node would give', async (t) => {
  const { calls, store } = recording();
  const hook = forExpress.webhook(options({ store }), (webhook, req, res) => void res.end('own'));
  const app = new Koa();
  // Koa begins with 404.
  app.use(async (ctx) => {
    ctx.respond = false;
    ctx.res.statusCode = 200;
    await hook(ctx.req, ctx.res);
  });
  const site = await listen(createServer(app.callback()));
  t.after(site.close);
  const { headers, body } = message();
  const reply = await fetch(site.url, { method: 'POST', headers, body });
  assert.deepEqual([reply.status, await reply.text(), calls], [200, 'own', ['commit']]);
});

test('express: without a `next` what fails rejects, and the message may come again', async () => {
  const { calls, store } = recording();
  const away = new Error('the database is away');
  let failed;
  const hook = forExpress.webhook(options({ store }), () => Promise.reject(away));
  const site = await listen(createServer((req, res) => hook(req, res).catch((error) => {
    failed = error;
    res.writeHead(500).end();
  })));
  const { headers, body } = message();
  assert.equal((await fetch(site.url, { method: 'POST', headers, body })).status, 500);
  await site.close();
  assert.deepEqual([failed, calls], [away, ['release']]);
});

test('express: the URL of a server that keeps no other', async () => {
  const settings = { scheme: 'square', keys: [{ id: '1', secret: SECRET }], keepS: 60, maxBodyBytes: 1000, origin: 'https://shop.example' };
  const hook = () => forExpress.webhook(settings, () => {});
  for (const server of [hook(), express().use('/api', hook())]) {
    const site = await listen(createServer((req, res) => server(req, res, () => res.writeHead(500).end())));
    const { headers, body } = signWebhook({ scheme: 'square', secret: SECRET, url: 'https://shop.example/api/hook?a=1', body: '{}' });
    const { status } = await fetch(`${site.url}/api/hook?a=1`, { method: 'POST', headers, body });
    await site.close();
    assert.equal(status, 200);
  }
});

/** As Google's functions and Nest do: what was parsed is kept too. */
const keeping = (parser) => parser({ limit: '1mb', type: () => true, verify: (req, res, bytes) => void (req.rawBody = bytes) });

test('express: a raw body that a parser has kept', async (t) => {
  const seen = [];
  const refused = [];
  const app = express();
  app.use((req, res, next) => (req.path === '/text' ? keeping(express.text) : keeping(express.json))(req, res, next));
  app.all('/meta', forExpress.webhook(options({ scheme: 'meta', keepS: 60, handshakeSecret: 'token' }), () => {}));
  // What Express 4 leaves there of a request without a body.
  app.use((req, res, next) => {
    req.body ??= {};
    next();
  });
  app.all('/old', forExpress.webhook(options({ scheme: 'meta', keepS: 60, handshakeSecret: 'token' }), () => {}));
  app.use(forExpress.webhook(options({ onRefused: (error) => refused.push(error.code) }), (webhook) => void seen.push(webhook.text())));
  const site = await listen(createServer(app));
  t.after(site.close);
  const post = async (path, { headers, body }) => (await fetch(site.url + path, { method: 'POST', headers, body })).status;
  // Written again it would be another text.
  const good = message('{ "type": "paid" }');
  assert.deepEqual([await post('/', good), await post('/', good), seen], [200, 200, [good.body]]);
  assert.deepEqual([await post('/text', message('é')), seen.at(-1)], [200, 'é']);
  assert.deepEqual([await post('/', { ...message(), body: '{}' }), await post('/text', message('x'.repeat(1001)))], [401, 413]);
  assert.deepEqual(refused, ['CM_REPLAYED', 'CM_SIGNATURE_MISMATCH', 'CM_TOO_LARGE']);
  for (const path of ['/meta', '/old']) {
    const asked = await fetch(`${site.url}${path}?hub.mode=subscribe&hub.verify_token=token&hub.challenge=12`);
    assert.deepEqual([asked.status, await asked.text()], [200, '12'], path);
  }
});

test('express: a raw body that is no bytes is not taken for one', async (t) => {
  const app = express();
  app.use(express.json({ verify: (req, res, bytes) => void (req.rawBody = bytes.toString()) }));
  app.use(forExpress.webhook(options(), () => {}));
  app.use((error, req, res, next) => res.status(500).send(error.code));
  const site = await listen(createServer(app));
  t.after(site.close);
  const { headers, body } = message();
  assert.equal(await (await fetch(site.url, { method: 'POST', headers, body })).text(), 'CM_BODY_ALREADY_READ');
});

test('express: the helper over HTTP/2', async (t) => {
  const seen = [];
  const warnings = [];
  const warned = ({ message }) => void warnings.push(message);
  process.on('warning', warned);
  const hook = forExpress.webhook(options(), (webhook, req, res) => {
    seen.push(webhook.text());
    if (seen.length === 2) res.writeHead(202).end();
  });
  const server = createHttp2((req, res) => hook(req, res, () => res.writeHead(500).end()));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = http2(`http://127.0.0.1:${server.address().port}`);
  t.after(() => {
    process.off('warning', warned);
    client.destroy();
    server.close();
  });
  const post = async ({ headers, body }) => {
    const stream = client.request({ ':method': 'POST', ':path': '/hook', ...Object.fromEntries(headers) });
    stream.end(body);
    const [answer] = await once(stream, 'response');
    stream.resume();
    return answer[':status'];
  };
  const good = message();
  assert.deepEqual([await post(good), await post(good), seen], [200, 200, [good.body]]);
  // The connection outlives a body that is not read.
  assert.deepEqual([await post(message()), await post(message('x'.repeat(200_000))), await post(message())], [202, 413, 200]);
  assert.deepEqual(warnings, []);
});
