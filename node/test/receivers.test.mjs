// The helpers for frameworks, each asked the same as those of every other language.
import { createServer } from 'node:http';
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
import { overFetch, receiverTests, sendRaw } from './receivers.mjs';
import { listen } from './support.mjs';

const reachedAt = ({ url, close }) => ({ send: (request) => sendRaw(new URL(url).port, request), close });

receiverTests('node/express', (settings, handle, { dry, readFirst } = {}) => {
  const hook = forExpress.webhook(settings, async (webhook, req, res) => {
    const status = await handle(webhook);
    if (status) res.status(status).send('own');
  });
  if (dry) return undefined;
  const app = express();
  if (readFirst) app.use(express.json());
  app.use(hook);
  app.use((error, req, res, next) => res.status(500).end());
  return listen(createServer(app)).then(reachedAt);
});

/** The same helper where there is no Express. */
const bare = (serve) => (settings, handle, { dry, readFirst } = {}) => {
  const hook = forExpress.webhook(settings, async (webhook, req, res) => {
    const status = await handle(webhook);
    if (!status) return;
    res.statusCode = status;
    res.end('own');
  });
  if (dry) return undefined;
  const before = async (req) => {
    if (readFirst) for await (const _ of req);
  };
  return listen(createServer(serve(hook, before))).then(reachedAt);
};

receiverTests('node/express', bare((hook, before) => async (req, res) => {
  await before(req);
  hook(req, res, () => {
    res.statusCode = 500;
    res.end();
  });
}), 'node:http');

receiverTests('node/express', bare((hook, before) => {
  const app = new Koa();
  app.silent = true;
  app.use(async (ctx) => {
    await before(ctx.req);
    ctx.respond = false;
    ctx.res.statusCode = 200;
    await hook(ctx.req, ctx.res);
  });
  return app.callback();
}), 'koa');

receiverTests('node/fastify', (settings, handle, { dry } = {}) => {
  const hook = forFastify.webhook(settings, async (webhook, request, reply) => {
    const status = await handle(webhook);
    if (status) reply.code(status).send('own');
  });
  if (dry) return undefined;
  const app = fastify();
  app.setErrorHandler((error, request, reply) => reply.code(error.statusCode ?? 500).send());
  for (const prefix of ['/hook', '/hook/:name']) app.register(hook, { prefix });
  return app.listen({ port: 0, host: '127.0.0.1' }).then((url) => reachedAt({ url, close: () => app.close() }));
});

receiverTests('node/hono', (settings, handle, { dry, readFirst } = {}) => {
  const hook = forHono.webhook(settings, async (webhook, context) => {
    const status = await handle(webhook);
    return status && context.text('own', status);
  });
  if (dry) return undefined;
  const app = new Hono();
  if (readFirst) app.use((context, next) => context.req.json().then(next));
  app.all('*', hook);
  app.onError((error, context) => context.body(null, 500));
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(reachedAt({ url: `http://127.0.0.1:${port}`, close: () => new Promise((done) => server.close(done)) })));
  });
});

receiverTests('node/lambda', (settings, handle) => {
  const hook = forLambda.webhook(settings, async (webhook) => {
    const status = await handle(webhook);
    return status && { statusCode: status, body: 'own' };
  });
  return {
    async send({ method, target, headers, body }) {
      const [rawPath, rawQueryString] = target.split('?');
      const named = new Map();
      for (const [name, value] of headers) named.set(name.toLowerCase(), [...(named.get(name.toLowerCase()) ?? []), value]);
      const repeated = [...named.values()].some((values) => values.length > 1);
      // Payload 2.0 joins what came twice; 1.0 keeps it apart.
      const event = repeated
        ? { httpMethod: method, path: rawPath, multiValueHeaders: Object.fromEntries(named) }
        : { rawPath, rawQueryString: rawQueryString ?? '', requestContext: { http: { method } }, headers: Object.fromEntries([...named].map(([name, [value]]) => [name, value])) };
      try {
        const answer = await hook({ ...event, body: body.toString('base64'), isBase64Encoded: true });
        return { status: answer.statusCode, headers: new Headers(answer.headers), body: Buffer.from(answer.body, answer.isBase64Encoded ? 'base64' : 'utf8') };
      } catch {
        return { status: 500 };
      }
    },
  };
});

receiverTests('node/fetch', (settings, handle, { readFirst } = {}) => overFetch(forFetch.webhook(settings, async (webhook) => {
  const status = await handle(webhook);
  return status && new Response('own', { status });
}), readFirst));
