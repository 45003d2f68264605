// The receivers of webhooks, asked the same as those of every other language.
import { Hono } from 'hono';
import * as forFetch from 'countermark/fetch';
import * as forHono from 'countermark/hono';
import { overFetch, receiverTests } from '../../node/test/receivers.mjs';

receiverTests('wasm/fetch', (settings, handle, { readFirst } = {}) => overFetch(forFetch.webhook(settings, async (webhook) => {
  const status = await handle(webhook);
  return status && new Response('own', { status });
}), readFirst));

receiverTests('wasm/hono', (settings, handle, { readFirst } = {}) => {
  const app = new Hono();
  app.all('*', forHono.webhook(settings, async (webhook, context) => {
    const status = await handle(webhook);
    return status && context.text('own', status);
  }));
  app.onError((error, context) => context.body(null, 500));
  return overFetch((request) => app.fetch(request), readFirst);
});
