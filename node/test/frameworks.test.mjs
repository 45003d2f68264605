// What all frameworks' helpers have in common, and how each is put into its framework. The senders' view of it: `receivers.test.mjs`.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { serve } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import * as forExpress from 'countermark/express';
import * as forFastify from 'countermark/fastify';
import * as forFetch from 'countermark/fetch';
import * as forHono from 'countermark/hono';
import * as forLambda from 'countermark/lambda';
import { signWebhook } from 'countermark/testing';
import { SECRET, message, options, recording } from './frameworks.mjs';
import { listen } from './support.mjs';

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
  const { calls, store } = recording();
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
