// The sample flow of the vendor's Node document, with its names, against the ID server.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { idServer } from './support.mjs';

const require = createRequire(import.meta.url);
const SecSignIDApi = require('countermark/secsignid');
const { MemoryReplayStore } = require('countermark');

test('the constants are those of the protocol', () => {
  const { NOSTATE, PENDING, EXPIRED, AUTHENTICATED, DENIED, SUSPENDED, CANCELED, FETCHED, INVALID } = SecSignIDApi.AuthSession;
  assert.deepEqual([NOSTATE, PENDING, EXPIRED, AUTHENTICATED, DENIED, SUSPENDED, CANCELED, FETCHED, INVALID], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

const request = { secsignid: 'zoidberg', servicename: 'Node.js test', serviceaddress: 'localhost' };

test('request, check, release; with callbacks', async (t) => {
  const idp = await idServer('--release', 'echo');
  t.after(idp.stop);
  const secSignIDApi = new SecSignIDApi.SecSignIDApi({ server: idp.server, pluginname: 'P' });
  const called = (method, ...args) => new Promise((resolve) => void secSignIDApi[method](...args, resolve));

  const received = await called('requestAuthSession', request);
  assert.equal(received.errorcode, undefined);
  assert.deepEqual([received.secsignid, received.authsessionstate, received.servicename, received.serviceaddress], ['zoidberg', '1', 'Node.js test', 'localhost']);
  assert.ok(Buffer.from(received.authsessionicondata, 'base64').subarray(1, 4).equals(Buffer.from('PNG')));
  const authSession = new SecSignIDApi.AuthSession(received);
  assert.equal((await called('getAuthSessionState', authSession)).authsessionstate, String(SecSignIDApi.AuthSession.PENDING));

  await idp.control('POST', `sessions/${received.authsessionid}`, { action: 'approve' });
  const state = await called('getAuthSessionState', {
    secsignid: received.secsignid,
    requestid: received.requestid,
    authsessionid: received.authsessionid,
  });
  assert.deepEqual(state, { authsessionid: received.authsessionid, secsignid: 'zoidberg', authsessionstate: '3' });
  assert.equal((await called('releaseAuthSession', authSession)).errorcode, undefined);

  const sent = await idp.control('GET', 'transcript');
  assert.equal(sent.filter(({ body }) => /(^|&)pluginname=P(&|$)/.test(body)).length, 1, 'in the start only');
  const requestId = new URLSearchParams(sent[1].body).get('requestid');
  assert.ok(!JSON.stringify(received).includes(requestId), 'the handle stays here');
});

test('cancel, with promises', async (t) => {
  const idp = await idServer();
  t.after(idp.stop);
  const api = new SecSignIDApi.SecSignIDApi({ server: idp.server });
  const session = await api.requestAuthSession(request);
  assert.deepEqual(await api.cancelAuthSession(session), { authsessionid: session.authsessionid, authsessionstate: '6' });
  await assert.rejects(api.getAuthSessionState(session), { code: 'CM_SESSION_GONE' });
});

test('what was obtained elsewhere, or edited, does not open', async (t) => {
  const idp = await idServer();
  t.after(idp.stop);
  const api = new SecSignIDApi.SecSignIDApi({ server: idp.server });
  const other = new SecSignIDApi.SecSignIDApi({ server: idp.server, sealKeys: [{ id: 'other', secret: new Uint8Array(32).fill(7) }], store: new MemoryReplayStore() });
  const mine = await api.requestAuthSession({ ...request, binding: 'cookie' });
  const theirs = await other.requestAuthSession({ ...request, secsignid: 'leela' });
  const gone = { code: 'CM_UNKNOWN_HANDLE' };
  await assert.rejects(api.getAuthSessionState(theirs), gone);
  await assert.rejects(api.getAuthSessionState(mine), gone, 'without the cookie');
  await assert.rejects(api.getAuthSessionState({ ...mine, binding: 'cookie', secsignid: 'leela' }), gone);
  await assert.rejects(api.getAuthSessionState({ ...mine, binding: 'cookie', authsessionid: theirs.authsessionid }), gone);
  await assert.rejects(api.getAuthSessionState({ ...mine, binding: 'cookie', requestid: 'F2C5F138E72008AD' }), gone);
  assert.equal((await api.getAuthSessionState({ ...mine, binding: 'cookie' })).authsessionstate, '1');
});

test('a visitor whose cookie is missing is not anybody', async (t) => {
  const idp = await idServer();
  t.after(idp.stop);
  const api = new SecSignIDApi.SecSignIDApi({ server: idp.server });
  const refused = { code: 'CM_UNKNOWN_HANDLE', httpStatus: 401, detail: 'binding' };
  // Of a cookie that begins with `j:`, a parser makes what its sender likes.
  const none = [undefined, null, '', new Uint8Array(), 5, {}, { a: 1 }, { length: 1 }, ['cookie'], new Uint16Array(2), Symbol('a')];
  for (const binding of none) await assert.rejects(api.requestAuthSession({ ...request, binding }), refused);
  assert.deepEqual(await idp.control('GET', 'transcript'), [], 'no phone rings');
  // The ID is free.
  const mine = await api.requestAuthSession({ ...request, binding: 'cookie' });
  const anybody = await api.requestAuthSession({ ...request, secsignid: 'leela' });
  for (const session of [mine, anybody]) {
    for (const binding of none) {
      const posted = { ...session, binding };
      for (const body of [posted, new SecSignIDApi.AuthSession(posted)]) await assert.rejects(api.getAuthSessionState(body), refused);
    }
  }
  const bytes = new SecSignIDApi.AuthSession({ ...mine, binding: new TextEncoder().encode('cookie') });
  assert.equal((await api.getAuthSessionState(bytes)).authsessionstate, '1');
  assert.equal((await api.getAuthSessionState(anybody)).authsessionstate, '1');
});

test('what a page has posted is its own fault, whatever it is', async (t) => {
  const idp = await idServer();
  t.after(idp.stop);
  const api = new SecSignIDApi.SecSignIDApi({ server: idp.server });
  const session = await api.requestAuthSession(request);
  const twice = (name) => ({ ...session, [name]: [session[name], session[name]] });
  const { requestid, ...without } = session;
  for (const body of [{}, 1, [], 'x', null, without, twice('requestid'), twice('secsignid'), twice('authsessionid'), { ...session, requestid: {} }, { ...session, secsignid: ' ' }]) {
    for (const method of ['getAuthSessionState', 'cancelAuthSession', 'releaseAuthSession']) {
      await assert.rejects(api[method](body), ({ httpStatus }) => httpStatus === 400 || httpStatus === 401);
    }
  }
  // These only help to find the seal.
  for (const name of ['servicename', 'serviceaddress']) assert.equal((await api.getAuthSessionState(twice(name))).authsessionstate, '1');
});

test('errors come through the callback, whatever was passed', async () => {
  const api = new SecSignIDApi.SecSignIDApi({ server: 'http://127.0.0.1:1' });
  const called = (method, argument) => new Promise((resolve) => void api[method](argument, resolve));
  for (const secsignid of [['a', 'b'], null, 42, ' ', undefined]) {
    assert.match((await called('requestAuthSession', { ...request, secsignid })).code, /INVALID/);
  }
  for (const wrong of [null, undefined, 1, {}, []]) assert.ok((await called('getAuthSessionState', wrong)).errorcode);
  assert.equal((await called('requestAuthSession', request)).code, 'CM_NETWORK');
});

test('a reply cannot bring properties', () => {
  const session = new SecSignIDApi.AuthSession(JSON.parse('{"__proto__": {"getRequestId": 1}, "hasOwnProperty": "1", "getState": "y", "requestid": "r", "secsignid": ["a"]}'));
  assert.deepEqual(Object.keys(session), ['requestid']);
  assert.equal(session.getRequestId(), 'r');
});

test('services that only a page has named leave nothing behind', async () => {
  const { servicename, serviceaddress } = request;
  const api = new SecSignIDApi.SecSignIDApi({ server: 'http://127.0.0.1:1', servicename, serviceaddress });
  const post = (number) => api.getAuthSessionState({ requestid: 'made-up', servicename: `service ${number}`, serviceaddress: 'localhost' });
  const refused = async (from, to) => {
    for (let number = from; number < to; number++) await assert.rejects(post(number), { code: 'CM_UNKNOWN_HANDLE' });
    return process.memoryUsage().rss;
  };
  const before = await refused(0, 200);
  const grown = (await refused(200, 1_200)) - before;
  assert.ok(grown < 16 << 20, `${grown} bytes for 1,000 services`);
});

test('of services whose address comes from a header, few are kept, and what was begun for one of them still opens', async (t) => {
  const idp = await idServer();
  t.after(idp.stop);
  const { servicename, serviceaddress } = request;
  const api = new SecSignIDApi.SecSignIDApi({ server: idp.server, servicename, serviceaddress });
  /** As the vendor's sample hands it over. */
  const short = ({ secsignid, requestid, authsessionid }) => ({ secsignid, requestid, authsessionid });
  const own = await api.requestAuthSession({ secsignid: 'zoidberg' });
  const other = await api.requestAuthSession({ secsignid: 'leela', serviceaddress: 'other' });
  assert.equal((await api.getAuthSessionState(short(other))).authsessionstate, '1');
  // What began nothing leaves nothing.
  for (let number = 0; number < 20; number++) {
    for (const [secsignid, code] of [['leela', 'CM_BUSY'], ['!', 'CM_INVALID_SECSIGN_ID']]) {
      await assert.rejects(api.requestAuthSession({ secsignid, serviceaddress: `h${number}.example` }), { code });
    }
  }
  assert.equal((await api.getAuthSessionState(short(other))).authsessionstate, '1');
  for (let number = 0; number < 20; number++) await api.requestAuthSession({ secsignid: `fry${number}`, serviceaddress: `h${number}.example` });
  await assert.rejects(api.getAuthSessionState(short(other)), { code: 'CM_UNKNOWN_HANDLE' }, 'its service is kept no more');
  assert.equal((await api.getAuthSessionState(other)).authsessionstate, '1');
  assert.equal((await api.getAuthSessionState(short(own))).authsessionstate, '1');
});
