// What is particular to a framework. What all helpers have in common: `receivers.test.mjs`.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { connect as http2, createServer as createHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { serve } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import * as forExpress from 'countermark/express';
import * as forFastify from 'countermark/fastify';
import * as forFetch from 'countermark/fetch';
import * as forHono from 'countermark/hono';
import * as forLambda from 'countermark/lambda';
import { signWebhook } from 'countermark/testing';
import { listen } from './support.mjs';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const options = (more) => ({
  scheme: 'standard-webhooks',
  keys: [{ id: '1', secret: SECRET }],
  maxBodyBytes: 1000,
  ...more,
});

let messages = 0;
const message = (body = '{"type":"paid"}') => signWebhook({ scheme: 'standard-webhooks', secret: SECRET, body, messageId: `msg_${++messages}`, headers: [['content-type', 'application/json']] });

/** Each: the address of a site with the routes `/hook` and `/parsed`, where a JSON parser comes first. */
const sites = {
  async express(settings, handler, errors) {
    const app = express();
    app.all('/hook', forExpress.webhook(settings, handler));
    app.use('/parsed', express.json(), forExpress.webhook(settings, handler));
    app.use('/raw', express.raw({ type: '*/*' }), forExpress.webhook(settings, handler));
    app.use((error, req, res, next) => {
      errors.push(error);
      res.status(500).end();
    });
    return listen(createServer(app));
  },
  async fastify(settings, handler, errors) {
    const app = fastify();
    app.setErrorHandler((error, request, reply) => {
      errors.push(error);
      reply.code(error.statusCode ?? 500).send();
    });
    app.register(forFastify.webhook(settings, handler), { prefix: '/hook' });
    app.post('/json', (request) => request.body);
    await app.listen({ port: 0, host: '127.0.0.1' });
    return { url: `http://127.0.0.1:${app.server.address().port}`, close: () => app.close() };
  },
  async hono(settings, handler, errors) {
    const app = new Hono();
    app.all('/hook', forHono.webhook(settings, handler));
    app.all('/parsed', async (context, next) => {
      await context.req.json();
      await next();
    }, forHono.webhook(settings, handler));
    app.onError((error, context) => {
      errors.push(error);
      return context.body(null, 500);
    });
    return new Promise((resolve) => {
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
        resolve({ url: `http://127.0.0.1:${port}`, close: () => new Promise((done) => server.close(done)) }));
    });
  },
};

for (const [name, start] of Object.entries(sites)) {
  test(name, async (t) => {
    const seen = [];
    const errors = [];
    const refused = [];
    const handler = (webhook) => void seen.push(webhook.json());
    const site = await start(options({ onRefused: (error) => refused.push(error.code) }), handler, errors);
    t.after(site.close);
    const post = async (path, { headers, body }) => {
      const reply = await fetch(site.url + path, { method: 'POST', headers, body });
      return [reply.status, await reply.text()];
    };

    await t.test('a good webhook arrives, once', async () => {
      const good = message();
      assert.equal((await post('/hook', good))[0], 200);
      assert.deepEqual(seen, [{ type: 'paid' }]);
      assert.equal((await post('/hook', good))[0], 200);
      assert.equal(seen.length, 1);
      assert.deepEqual(refused, ['CM_REPLAYED']);
    });

    await t.test('a body that is too long is not read', async () => {
      refused.length = 0;
      assert.deepEqual(await post('/hook', message('x'.repeat(1001))), [413, 'request could not be verified']);
      // One whose length nobody announces.
      const stream = new Blob(['x'.repeat(1001)]).stream();
      assert.equal((await fetch(`${site.url}/hook`, { method: 'POST', headers: message().headers, body: stream, duplex: 'half' })).status, 413);
      assert.deepEqual(refused, ['CM_TOO_LARGE', 'CM_TOO_LARGE']);
      assert.equal((await post('/hook', message('"' + 'x'.repeat(998) + '"')))[0], 200);
    });

    if (name === 'fastify') {
      await t.test('other routes keep their parsers', async () => {
        assert.deepEqual(await post('/json', { headers: { 'content-type': 'application/json' }, body: '{"a": 1}' }), [200, '{"a":1}']);
      });
    } else {
      await t.test('a parsed body is refused with advice', async () => {
        errors.length = 0;
        assert.equal((await post('/parsed', message()))[0], 500);
        assert.equal(errors[0].code, 'CM_BODY_ALREADY_READ');
        assert.equal(errors[0].message, 'something read the body before: verify first, or keep the raw bytes');
      });
    }

    if (name === 'express') {
      await t.test('a raw body is taken', async () => assert.equal((await post('/raw', message()))[0], 200));
    }

    if (name !== 'hono') {
      await t.test('a body without end is cut off', async () => {
        const socket = connect(new URL(site.url).port, '127.0.0.1');
        socket.write('POST /hook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
        const chunk = `400\r\n${'x'.repeat(1024)}\r\n`;
        const feed = setInterval(() => socket.write(chunk), 1);
        let reply = '';
        socket.on('data', (data) => (reply += data)).on('error', () => {});
        await new Promise((resolve) => socket.on('close', resolve));
        clearInterval(feed);
        assert.match(reply, /^HTTP\/1.1 413 /);
      });
    }
  });
}

test('lambda', async () => {
  const seen = [];
  const handle = forLambda.webhook(options(), (webhook) => void seen.push(webhook.text()));
  const good = message('é');
  const headers = Object.fromEntries(good.headers);
  const body = Buffer.from(good.body).toString('base64');
  const url = { rawPath: '/', rawQueryString: '', requestContext: { http: { method: 'POST' } } };
  assert.equal((await handle({ ...url, headers, body, isBase64Encoded: true })).statusCode, 200);
  assert.equal((await handle({ ...url, headers, body: 'é', isBase64Encoded: false })).statusCode, 200);
  assert.deepEqual(seen, ['é']);
  const other = message('plain');
  const old = { httpMethod: 'POST', multiValueHeaders: Object.fromEntries(other.headers.map(([name, value]) => [name, [value]])), body: 'plain' };
  assert.equal((await handle(old)).statusCode, 200);
  assert.equal((await handle({ ...old, body: 'altered' })).statusCode, 401);
  assert.equal((await handle({ ...old, body: 'x'.repeat(1001) })).statusCode, 413);
  assert.deepEqual(seen, ['é', 'plain']);
});

/** What a handler for this scheme answers to an event without a body. */
const asked = (settings, event) => forLambda.webhook({ keys: [{ id: '1', secret: SECRET }], keepS: 60, maxBodyBytes: 1000, ...settings }, () => {})({ headers: {}, body: null, ...event });

/** The same request as an API Gateway of payload 1.0 and a load balancer hand it over. */
const forms = ({ method, path, query, headers = {}, body = null }) => {
  const fields = [...new URLSearchParams(query)];
  const raw = query.split('&').filter(Boolean).map((field) => field.split('='));
  const named = (list) => (list.length > 0 ? Object.fromEntries(list) : null);
  const lists = (list) => named([...new Set(list.map(([name]) => name))].map((name) => [name, list.filter(([other]) => other === name).map(([, value]) => value)]));
  const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const own = { httpMethod: method, body, isBase64Encoded: false };
  return {
    gateway: { ...own, headers, multiValueHeaders, path, requestContext: { path: `/prod${path}` }, queryStringParameters: named(fields), multiValueQueryStringParameters: lists(fields) },
    balancer: { ...own, headers, path, requestContext: { elb: {} }, queryStringParameters: named(raw) },
    balancerOfLists: { ...own, multiValueHeaders, path, requestContext: { elb: {} }, multiValueQueryStringParameters: lists(raw) },
  };
};

test('lambda: a handshake by GET is answered with text, in the form in which it was asked', async () => {
  const query = 'hub.mode=subscribe&hub.verify_token=t%26%20k&hub.challenge=1%2B2%2F3';
  for (const [name, event] of Object.entries(forms({ method: 'GET', path: '/hook', query }))) {
    const answer = await asked({ scheme: 'meta', handshakeSecret: 't& k' }, event);
    assert.deepEqual([answer.statusCode, answer.body, answer.isBase64Encoded], [200, '1+2/3', false], name);
    const [ours, others] = name === 'balancerOfLists' ? ['multiValueHeaders', 'headers'] : ['headers', 'multiValueHeaders'];
    assert.deepEqual([answer[ours]['x-content-type-options'], answer[others]], [name === 'balancerOfLists' ? ['nosniff'] : 'nosniff', undefined], name);
  }
});

test('lambda: an address that is signed is put together again', async () => {
  for (const query of ['', 'a=1&a=2&b=x%20y%26z']) {
    for (const [name, event] of Object.entries(forms({ method: 'POST', path: '/hook', query, body: '{}' }))) {
      const path = name === 'gateway' ? '/prod/hook' : '/hook';
      // One value of a name is all that there is here.
      const sent = name === 'balancer' ? query.replace('a=1&', '') : query;
      const { headers } = signWebhook({ scheme: 'square', secret: SECRET, url: `https://shop.example${path}${sent && '?'}${sent}`, body: '{}' });
      const own = Object.fromEntries(headers);
      const lists = Object.fromEntries(headers.map(([header, value]) => [header, [value]]));
      const answer = await asked({ scheme: 'square', origin: 'https://shop.example' }, { ...event, headers: own, ...(event.multiValueHeaders && { multiValueHeaders: lists }) });
      assert.equal(answer.statusCode, 200, `${name} ${query}`);
    }
  }
});

test('a receiver says which setting it needs', () => {
  const github = { scheme: 'github', keys: [{ id: '1', secret: SECRET }], maxBodyBytes: 1000 };
  assert.throws(() => forLambda.webhook(github, () => {}), { code: 'CM_INVALID_CONFIG', detail: /a time to keep/ });
  assert.throws(() => forLambda.webhook({ ...github, keepS: 60, maxBodyBytes: undefined }, () => {}), { code: 'CM_INVALID_CONFIG', detail: /maxBodyBytes/ });
});

test('an origin is one, and is there where the URL is signed', async () => {
  const twilio = { scheme: 'twilio', keys: [{ id: '1', secret: '12345678901234567890123456789012' }], maxBodyBytes: 1000, keepS: 60 };
  const wrong = ['', '/', 'hooks.example', 'hooks.example:443', 'ftp://hooks.example', 'https:hooks.example', 'https://', 'https://a@hooks.example', 'https://hooks.example?a', 'https://hooks.example/#', ' https://hooks.example', 'https://hooks.example\n', 'https://x:y', new URL('https://hooks.example'), 1];
  for (const settings of [twilio, options()]) {
    for (const origin of wrong) assert.throws(() => forFetch.webhook({ ...settings, origin }, () => {}), { code: 'CM_INVALID_CONFIG', detail: 'origin' }, String(origin));
  }
  // A scheme of one's own too; and only schemes that sign it.
  const own = { keys: [{ id: '1', secret: SECRET }], maxBodyBytes: 1000, keepS: 60 };
  const spec = (signed) => ({ ...own, spec: { id: 'mine', signatureHeader: 'X-Mine', signed } });
  for (const settings of [twilio, { ...own, scheme: 'square' }, { ...own, scheme: 'hubspot-v3' }, spec('{method}|{url}|{body}')]) {
    for (const origin of [undefined, null]) assert.throws(() => forFetch.webhook({ ...settings, origin }, () => {}), { code: 'CM_INVALID_CONFIG', detail: 'origin' });
  }
  for (const settings of [options(), { ...own, scheme: 'github' }, spec('{method}|{query}|{body}')]) assert.ok(forFetch.webhook(settings, () => {}));

  const body = 'CallSid=CA1';
  const headers = [['content-type', 'application/x-www-form-urlencoded']];
  for (const [origin, prefix] of [['https://hooks.example', ''], ['https://hooks.example/', ''], ['https://hooks.example/app', '/app'], ['https://hooks.example:8443/app//', ':8443/app'], ['http://[::1]:80', undefined]]) {
    const called = `${prefix === undefined ? origin : `https://hooks.example${prefix}`}/hook?a=1`;
    const signed = signWebhook({ scheme: 'twilio', secret: twilio.keys[0].secret, url: called, headers, body });
    const hook = forFetch.webhook({ ...twilio, origin }, () => {});
    assert.equal((await hook(new Request('http://127.0.0.1/hook?a=1', { method: 'POST', headers: signed.headers, body }))).status, 200, origin);
  }
});

test('a store that fails refuses; a failure after the work changes nothing', async () => {
  const failing = { reserve: () => true, commit: () => true, release: () => true };
  const refused = [];
  let handled = 0;
  let fault;
  const handle = forLambda.webhook(options({ store: failing, onRefused: (error) => refused.push(error) }), () => {
    handled++;
    if (fault) throw fault;
  });
  const send = async () => {
    const { headers, body } = message();
    return (await handle({ headers: Object.fromEntries(headers), body })).statusCode;
  };
  const away = new Error('the store is away');
  for (const fails of [() => { throw away; }, () => Promise.reject(away)]) {
    failing.reserve = fails;
    assert.equal(await send(), 503);
    assert.deepEqual([refused.at(-1).code, refused.at(-1).cause, handled], ['CM_STORE_UNAVAILABLE', away, 0]);
  }
  failing.reserve = () => true;
  failing.commit = () => Promise.reject(away);
  assert.equal(await send(), 200, 'the key stays taken');
  failing.release = () => { throw away; };
  fault = new Error('the database is away');
  await assert.rejects(send(), fault);
  assert.equal(handled, 2);
});

test('fetch: what a handler returns', async () => {
  const calls = [];
  const store = { reserve: () => true, commit: () => void calls.push('commit'), release: () => void calls.push('release') };
  const given = async (returned) => {
    calls.length = 0;
    const { headers, body } = message();
    return forFetch.webhook(options({ store }), () => returned)(new Request('https://shop.example/', { method: 'POST', headers, body }));
  };
  // Azure's and React Router's answers among them; a framework's own `Response` need not be that of this realm.
  for (const [own, call] of [
    [new Response('', { status: 202 }), 'commit'],
    [new Response('', { status: 503 }), 'release'],
    [{ status: 202, jsonBody: {} }, 'commit'],
    [{ status: 503 }, 'release'],
    [Response.error(), 'release'],
    [{ type: 'DataWithResponseInit', data: {}, init: { status: 202 } }, 'commit'],
    [{ type: 'DataWithResponseInit', data: {}, init: { status: 503 } }, 'release'],
  ]) {
    assert.equal(await given(own), own);
    assert.deepEqual(calls, [call]);
  }
  // What is no answer, such as what a database gave, is the work's own: it is done.
  for (const value of [undefined, null, 1, 'done', true, {}, [], { rows: 1 }, { type: 'error' }, { status: '503' }, { iban: 'DE1', status: 2 }, { status: 199 }, { status: 600 }, { status: 200.5 }, { status: NaN }, { data: {}, init: null }]) {
    assert.equal((await given(value)).status, 200);
    assert.deepEqual(calls, ['commit']);
  }
});

test('fetch: an event that has a request is none', async () => {
  const hook = forFetch.webhook(options(), () => {});
  const { headers, body } = message();
  const event = { request: new Request('https://shop.example/', { method: 'POST', headers, body }), url: new URL('https://shop.example/') };
  for (const wrong of [event, { url: 'https://shop.example/', headers: {} }, undefined, null]) {
    await assert.rejects(hook(wrong), { code: 'CM_INVALID_INPUT', detail: /event\.request/ });
  }
  assert.equal((await hook(event.request)).status, 200);
});

test('fetch: a body that is too long is left, since adapters write on into it', async () => {
  let stream;
  let isCanceled = false;
  const body = new ReadableStream({
    start: (controller) => void (stream = controller),
    cancel: () => void (isCanceled = true),
  });
  stream.enqueue(new Uint8Array(1001));
  const answer = await forFetch.webhook(options(), () => {})(new Request('https://shop.example/', { method: 'POST', body, duplex: 'half' }));
  // Deno would leave the connection open.
  assert.deepEqual([answer.status, isCanceled], [413, 'Deno' in globalThis]);
  if (!isCanceled) stream.enqueue(new Uint8Array(1001));
});

test('an `onRefused` that fails changes no answer', async () => {
  for (const fails of [() => { throw new Error('the log is full'); }, () => Promise.reject(new Error('the log is away'))]) {
    let told = 0;
    const onRefused = () => {
      told++;
      return fails();
    };
    const hook = forFetch.webhook(options({ onRefused }), () => {});
    const { headers, body } = message();
    const send = async (text) => (await hook(new Request('https://shop.example/', { method: 'POST', headers, body: text }))).status;
    assert.deepEqual([await send('{}'), await send(body), await send(body), told], [401, 200, 200, 2]);
    // A rejection that nobody has seen would end the process by now.
    await sleep(10);
  }
});

test('a handler that returns an error has failed', async (t) => {
  const calls = [];
  const store = { reserve: () => true, commit: () => void calls.push('commit'), release: () => void calls.push('release') };
  const errors = [];
  // Those of another realm too, as in Jest.
  for (const error of [new Error('away'), runInNewContext('new TypeError("away")')]) {
    for (const [name, start] of Object.entries(sites)) {
      const site = await start(options({ store }), async () => error, errors);
      t.after(site.close);
      const { headers, body } = message();
      assert.equal((await fetch(`${site.url}/hook`, { method: 'POST', headers, body })).status, 500, name);
      assert.deepEqual(calls.splice(0), ['release'], name);
      // Hono's own handlers of errors see those of their realm only.
      if (name !== 'hono' || error instanceof Error) assert.deepEqual(errors.splice(0), [error], name);
    }
    const { headers, body } = message();
    await assert.rejects(forLambda.webhook(options({ store }), () => error)({ headers: Object.fromEntries(headers), body }), (thrown) => thrown === error);
    await assert.rejects(forFetch.webhook(options({ store }), () => error)(new Request('https://shop.example/', { method: 'POST', headers, body })), (thrown) => thrown === error);
    assert.deepEqual(calls.splice(0), ['release', 'release']);
  }
});

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
  const site = await listen(createServer((req, res) => {
    if (req.url === '/next') hook(req, res, (error) => ends.push(error.code));
    // Whoever waits may; nobody needs to.
    else hook(req, res).then(() => ends.push('nothing'), (error) => ends.push(error.code));
  }));
  t.after(site.close);
  for (const [path, end] of [['/', 'nothing'], ['/next', 'ECONNRESET']]) {
    const socket = connect(new URL(site.url).port, '127.0.0.1');
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc`);
    await sleep(50);
    socket.destroy();
    for (let tries = 0; ends.length === 0 && tries < 1000; tries++) await sleep(5);
    assert.deepEqual(ends.splice(0), [end]);
  }
  const server = createHttp2((req, res) => hook(req, res).then(() => ends.push('nothing'), (error) => ends.push(error.code)));
  const { url, close } = await listen(Object.assign(server, { closeAllConnections() {} }));
  const client = http2(url);
  client.request({ ':method': 'POST', ':path': '/' }).on('error', () => {}).write('abc');
  await sleep(50);
  client.destroy();
  for (let tries = 0; ends.length === 0 && tries < 1000; tries++) await sleep(5);
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
  const calls = [];
  const store = { reserve: () => true, commit: () => void calls.push('commit'), release: () => void calls.push('release') };
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
  const calls = [];
  const store = { reserve: () => true, commit: () => void calls.push('commit'), release: () => void calls.push('release') };
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

test('fastify: what is sent but held back is an answer', async (t) => {
  const later = () => Readable.from((async function* () {
    await sleep(20);
    yield 'later';
  })());
  for (const [name, send, hook, status, after] of [
    ['a hook', (reply) => reply.code(503).send('busy'), () => sleep(20), 503, 'release'],
    ['a hook, and no failure', (reply) => reply.code(202).send('taken'), () => sleep(20), 202, 'commit'],
    ['a hook that fails', (reply) => reply.code(202).send('taken'), () => sleep(20).then(() => Promise.reject(new Error('away'))), 500, 'release'],
    ['a hook at once', (reply) => reply.code(503).send('busy'), async () => {}, 503, 'release'],
    ['a stream', (reply) => reply.code(503).send(later()), undefined, 503, 'release'],
    ['no hook', (reply) => reply.code(503).send('busy'), undefined, 503, 'release'],
    ['a redirect', (reply) => reply.redirect('/other', 303), () => sleep(20), 303, 'commit'],
    ['nothing sent', () => {}, () => sleep(20), 200, 'commit'],
  ]) {
    await t.test(name, async () => {
      const calls = [];
      const store = { reserve: () => true, commit: () => void calls.push('commit'), release: () => void calls.push('release') };
      const app = fastify();
      if (hook) app.addHook('onSend', async (request, reply, payload) => (await hook()) ?? payload);
      app.register(forFastify.webhook(options({ store }), (webhook, request, reply) => void send(reply)), { prefix: '/hook' });
      await app.listen({ port: 0, host: '127.0.0.1' });
      const { headers, body } = message();
      const reply = await fetch(`http://127.0.0.1:${app.server.address().port}/hook`, { method: 'POST', headers, body, redirect: 'manual' });
      await reply.text();
      // It waits for what is under way.
      await app.close();
      assert.deepEqual([reply.status, calls], [status, [after]]);
    });
  }
});

test('fastify: a rewritten address is signed as it was called', async (t) => {
  const app = fastify({ rewriteUrl: ({ url }) => url.replace('/public', '') });
  t.after(() => app.close());
  const settings = { scheme: 'square', keys: [{ id: '1', secret: SECRET }], keepS: 60, maxBodyBytes: 1000, origin: 'https://shop.example' };
  app.register(forFastify.webhook(settings, () => {}), { prefix: '/hook' });
  const { headers, body } = signWebhook({ scheme: 'square', secret: SECRET, url: 'https://shop.example/public/hook?a=1', body: '{}' });
  const reply = await app.inject({ method: 'POST', url: '/public/hook?a=1', headers: Object.fromEntries(headers), payload: body });
  assert.equal(reply.statusCode, 200);
});

test('fastify over HTTP/2', async (t) => {
  const app = fastify({ http2: true });
  const seen = [];
  let open = 0;
  app.register(forFastify.webhook(options(), (webhook) => void seen.push(webhook.text())), { prefix: '/hook' });
  app.server.on('stream', (stream) => {
    open++;
    stream.on('close', () => open--);
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const client = http2(`http://127.0.0.1:${app.server.address().port}`);
  const warnings = [];
  const warned = ({ message }) => void warnings.push(message);
  process.on('warning', warned);
  // The server waits for its clients.
  t.after(() => {
    process.off('warning', warned);
    client.destroy();
    return app.close();
  });
  const start = ({ headers }) => client.request({ ':method': 'POST', ':path': '/hook', ...Object.fromEntries(headers) });
  const post = async ({ headers, body }) => {
    const stream = start({ headers });
    stream.end(body);
    const [answer] = await once(stream, 'response');
    return answer[':status'];
  };
  const good = message();
  assert.deepEqual([await post(good), seen], [200, [good.body]]);
  // The connection outlives a body that is not read.
  assert.deepEqual([await post(message('x'.repeat(1001))), await post(message())], [413, 200]);
  // Nothing but the body says that there is one.
  const bare = message('bare');
  assert.deepEqual([await post({ ...bare, headers: bare.headers.filter(([name]) => name !== 'content-type') }), seen.at(-1)], [200, 'bare']);
  assert.equal(await post({ headers: [], body: 'x'.repeat(1001) }), 413);
  // What was not read goes nowhere, and its stream ends: that of a body that is sent whole, and that of one without end.
  const whole = start(message());
  whole.resume().end('x'.repeat(200_000));
  await once(whole, 'close', { signal: AbortSignal.timeout(10_000) });
  assert.equal(whole.rstCode, 0);
  const endless = start(message());
  endless.resume().write('x'.repeat(200_000));
  const feed = setInterval(() => endless.write('x'.repeat(1000)), 10);
  await once(endless, 'end', { signal: AbortSignal.timeout(10_000) });
  for (let tries = 0; open > 0 && tries < 1000; tries++) await sleep(10);
  clearInterval(feed);
  assert.deepEqual([open, endless.rstCode], [0, 0]);
  // It has no `connection` header, which Node would leave out with a warning.
  assert.deepEqual(warnings, []);
});
