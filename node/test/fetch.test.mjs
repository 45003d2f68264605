// What is particular to the helper for handlers of plain `fetch`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as forFetch from 'countermark/fetch';
import { message, options, recording } from './frameworks.mjs';

test('fetch: what a handler returns', async () => {
  const { calls, store } = recording();
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
