// What the driver makes of a failed `fetch`: a start that may have been sent goes to no second server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoginClient } from '@countermark/wasm';
import { CacheReplayStore, DurableObjectReplayStore, KvReplayStore } from '@countermark/wasm/cloudflare';

/** The servers that a start was sent to, and how it ended, where `fetch` fails so. */
async function start(server, failure) {
  const asked = [];
  const { fetch } = globalThis;
  globalThis.fetch = async (url) => {
    asked.push(new URL(url).host);
    throw failure;
  };
  try {
    const client = new LoginClient({ server, fallback: 'https://second.example', serviceName: 'Example', serviceAddress: 'https://example.com' });
    return { asked, code: await client.begin('alice').catch(({ code }) => code) };
  } finally {
    globalThis.fetch = fetch;
  }
}

test('an aborted begin rejects at once, and withdraws what it began', async (t) => {
  const sent = [];
  const { fetch } = globalThis;
  t.after(() => {
    globalThis.fetch = fetch;
  });
  const abort = new AbortController();
  let end;
  let withdraws;
  const mayEnd = new Promise((resolve) => (end = resolve));
  const withdrawn = new Promise((resolve) => (withdraws = resolve));
  const session = 'authsessionid=-8337412603900330711';
  globalThis.fetch = async (url, { body }) => {
    const request = /request=(\w+)/.exec(new TextDecoder().decode(body))[1];
    sent.push(request);
    if (sent.length === 1) {
      setImmediate(() => abort.abort());
      await mayEnd;
    }
    if (sent.length === 2) withdraws();
    return new Response(request === 'ReqCancelAuthSession' ? `${session}&authsessionstate=6`
      : `secsignid=alice&${session}&requestid=F2C5F1389246&servicename=Example&serviceaddress=https://example.com&authsessionstate=1`);
  };
  const client = new LoginClient({ server: 'https://id.example', serviceName: 'Example', serviceAddress: 'https://example.com' });
  await assert.rejects(client.begin('alice', { signal: abort.signal }), { name: 'AbortError' });
  assert.equal(sent.length, 1);
  end();
  await withdrawn;
  assert.deepEqual(sent, ['ReqRequestAuthSession', 'ReqCancelAuthSession']);
  // Once the answer to that is read.
  const again = () => client.begin('alice').then(() => 'begun', ({ code }) => code);
  let how;
  for (let tries = 0; tries < 600 && (how = await again()) === 'CM_BUSY'; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(how, 'begun');
});

// As Deno words it, with the address in it.
const deno = (url, reason) => new TypeError(`error sending request for url (${url}/): ${reason}`);

test('a connection that was refused goes to the second server', async () => {
  const { asked, code } = await start('https://id.example', deno('https://id.example', 'client error (Connect): tcp connect error'));
  assert.deepEqual({ asked, code }, { asked: ['id.example', 'second.example'], code: 'CM_NETWORK' });
});

for (const host of ['certificate.example', 'id.certificates.example:8443']) {
  test(`a connection that broke goes to no second server, whatever ${host} is called`, async () => {
    const url = `https://${host}`;
    const { asked, code } = await start(url, deno(new URL(url).origin, 'client error (SendRequest): connection closed before message completed'));
    assert.deepEqual({ asked, code }, { asked: [new URL(url).host], code: 'CM_NETWORK' });
  });
}

test('a store that may give a key twice is none for logins', () => {
  const config = { serviceName: 'Example', serviceAddress: 'https://example.com' };
  for (const store of [new KvReplayStore({}), new CacheReplayStore({})]) {
    assert.throws(() => new LoginClient({ ...config, store }), { code: 'CM_INVALID_CONFIG', detail: 'store' });
  }
  new LoginClient({ ...config, store: new DurableObjectReplayStore({}) });
});
