// What is particular to the helper for Fastify.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as http2 } from 'node:http2';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fastify from 'fastify';
import * as forFastify from 'countermark/fastify';
import { signWebhook } from 'countermark/testing';
import { SECRET, message, options, recording } from './frameworks.mjs';
import { until } from './support.mjs';

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
      const { calls, store } = recording();
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
  await until(() => open === 0).finally(() => clearInterval(feed));
  assert.equal(endless.rstCode, 0);
  // It has no `connection` header, which Node would leave out with a warning.
  assert.deepEqual(warnings, []);
});
