// What programs do that were written for the vendor's Node API.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inherits } from 'node:util';
import imported, * as named from 'countermark/secsignid';
import { idServer } from './support.mjs';

const require = createRequire(import.meta.url);
const SecSignIDApi = require('countermark/secsignid');
const { LoginClient } = require('countermark');
const { AuthSession } = SecSignIDApi;

const AWAY = 'http://127.0.0.1:1';
const request = { secsignid: 'zoidberg', servicename: 'Node.js test', serviceaddress: 'localhost' };
const sealKeys = [{ id: 'own', secret: new Uint8Array(32).fill(7) }];
/** As the vendor's sample hands it over. */
const short = ({ secsignid, requestid, authsessionid }) => ({ secsignid, requestid, authsessionid });
const called = (api, method, argument) => new Promise((resolve) => void api[method](argument, resolve));

async function server(t, ...args) {
  const idp = await idServer(...args);
  t.after(idp.stop);
  return { ...idp, approve: ({ authsessionid }) => idp.control('POST', `sessions/${authsessionid}`, { action: 'approve' }) };
}

/** What a program prints, in a process of its own. */
const run = (program) => execFileSync(process.execPath, ['-e', `const SecSignIDApi = require('countermark/secsignid');\n${program}`], {
  cwd: fileURLToPath(new URL('.', import.meta.url)),
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
});

test('the module is the class, and has it by its names', () => {
  for (const Api of [SecSignIDApi, SecSignIDApi.SecSignIDApi, imported, named.SecSignIDApi]) {
    assert.ok(new Api() instanceof Api);
    assert.ok(Api() instanceof Api);
    assert.equal(Api.AuthSession.CANCELED, 6);
  }
  assert.equal(SecSignIDApi.SecSignIDApi, SecSignIDApi);
  assert.equal(imported, named.SecSignIDApi);
  assert.equal(imported.AuthSession, named.AuthSession);
});

test('a failing call that nobody waits for does not end the process', () => {
  const program = `
    const api = new SecSignIDApi({ server: '${AWAY}' });
    const request = ${JSON.stringify(request)};
    api.requestAuthSession(request);
    api.requestAuthSession({ secsignid: 'a' });
    for (const method of ['getAuthSessionState', 'cancelAuthSession', 'releaseAuthSession']) {
      for (const posted of [undefined, {}, { requestid: 'x' }, { ...request, requestid: 'x', authsessionid: '1' }]) api[method](posted);
      SecSignIDApi.prototype[method].call({}, request);
    }
    setTimeout(() => api.cancelAuthSession({}).catch(({ code }) => console.log(code)), 200);`;
  assert.equal(run(program), 'CM_UNKNOWN_HANDLE\n');
});

test('an object for each request', async (t) => {
  const idp = await server(t);
  const settings = {
    'as in the sample': [() => ({ server: idp.server }), short],
    // Nothing is the same but the secret.
    'keys of its own': [() => ({ server: idp.server, sealKeys: [{ ...sealKeys[0] }] }), (begun) => begun],
  };
  for (const [name, [options, posted]] of Object.entries(settings)) {
    await t.test(name, async () => {
      const api = () => new SecSignIDApi(options());
      const begun = await api().requestAuthSession(request);
      assert.equal((await api().getAuthSessionState(posted(begun))).authsessionstate, '1');
      await idp.approve(begun);
      const answers = await Promise.all([1, 2, 3].map(() => called(api(), 'getAuthSessionState', posted(begun))));
      const told = answers.map(({ code, authsessionstate }) => code ?? authsessionstate);
      assert.deepEqual(told.sort(), ['3', 'CM_ALREADY_CONSUMED', 'CM_ALREADY_CONSUMED']);
      const starts = await Promise.all([1, 2].map(() => called(api(), 'requestAuthSession', request)));
      assert.deepEqual(starts.map(({ code }) => code).sort(), ['CM_BUSY', undefined]);
      await api().cancelAuthSession(posted(starts.find(({ code }) => !code)));
    });
  }
});

test('a login of one service, or of one server, is none of another', async (t) => {
  const idp = await server(t);
  const api = (options) => new SecSignIDApi({ server: idp.server, servicename: 'a', serviceaddress: 'a', ...options });
  const begun = await api().requestAuthSession({ secsignid: 'leela' });
  const others = [{ servicename: 'b' }, { serviceaddress: 'b' }, { server: AWAY }, { fallback: idp.server }, { sealKeys }];
  for (const options of others) {
    assert.equal((await called(api(options), 'getAuthSessionState', begun)).code, 'CM_UNKNOWN_HANDLE', JSON.stringify(options));
  }
  assert.equal((await api().getAuthSessionState(begun)).authsessionstate, '1');
  // What belongs to the object, or to its client, divides no site.
  for (const options of [{ logging: true }, { pluginname: 'p' }]) assert.equal((await api(options).getAuthSessionState(begun)).authsessionstate, '1');
  // A program may have both copies of the module.
  const copy = new imported({ server: idp.server, servicename: 'a', serviceaddress: 'a' });
  assert.equal((await copy.getAuthSessionState(begun)).authsessionstate, '1');
  // Names that only the request has: what is posted is looked for among those of the site.
  const [one, other] = [SecSignIDApi, imported].map((Api) => new Api({ server: idp.server }));
  const unnamed = await one.requestAuthSession({ secsignid: 'fry', servicename: 'a', serviceaddress: 'a' });
  assert.equal((await other.getAuthSessionState(short(unnamed))).authsessionstate, '1');
});

test('where there are several services, a login is one of the service that is named', async (t) => {
  const idp = await server(t);
  const api = () => new SecSignIDApi({ server: idp.server });
  const [news, admin] = [{ servicename: 'News', serviceaddress: 'https://news.example' }, { servicename: 'Admin', serviceaddress: 'https://admin.example' }];
  const { requestid } = await api().requestAuthSession({ secsignid: 'leela', ...news });
  assert.equal((await called(api(), 'getAuthSessionState', { requestid, ...admin })).code, 'CM_UNKNOWN_HANDLE');
  assert.equal((await api().getAuthSessionState({ requestid })).authsessionstate, '1');
  await api().requestAuthSession({ secsignid: 'fry', ...admin });
  assert.equal((await called(api(), 'getAuthSessionState', { requestid })).code, 'CM_UNKNOWN_HANDLE');
  assert.equal((await called(api(), 'getAuthSessionState', { requestid, ...admin })).code, 'CM_UNKNOWN_HANDLE');
  assert.equal((await api().getAuthSessionState({ requestid, ...news })).authsessionstate, '1');
});

test('a log that fails ends no process', () => {
  const program = `
    const api = new SecSignIDApi({ server: '${AWAY}', servicename: 'a', serviceaddress: 'a' });
    for (const log of [() => { throw new Error('the log is full'); }, async () => { throw new Error('the log is away'); }]) {
      api.log = log;
      api.cancelAuthSession({}, ({ code }) => console.log(code));
    }`;
  assert.equal(run(program), 'CM_UNKNOWN_HANDLE\nCM_UNKNOWN_HANDLE\n');
});

test('the names of the vendor for a server', async (t) => {
  let calls = 0;
  const listener = createServer((socket) => {
    calls++;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  t.after(() => listener.close());
  await once(listener, 'listening');
  const { port } = listener.address();
  for (const options of [{ idserver: '127.0.0.1', port, posturl: '/', method: 'POST', async: true }, { host: '127.0.0.1', port: String(port) }]) {
    const before = calls;
    await assert.rejects(new SecSignIDApi(options).requestAuthSession(request));
    assert.ok(calls > before);
  }
});

test('options that are unknown, or cannot be, are refused', () => {
  const refused = {
    Server: { Server: 'https://id.example' },
    serverName: { serverName: 'a' },
    posturl: { idserver: 'id.example', posturl: '/api' },
    method: { method: 'GET' },
    'port without idserver': { port: 443 },
    'server and idserver': { idserver: 'id.example', server: 'https://id.example' },
    options: 'https://id.example',
  };
  for (const [name, options] of Object.entries(refused)) {
    assert.throws(() => new SecSignIDApi(options), ({ code, message }) => code === 'CM_INVALID_CONFIG' && message.includes(name), name);
  }
  for (const options of [undefined, null, {}, { server: undefined, idserver: undefined, port: undefined, posturl: undefined }]) new SecSignIDApi(options);
});

test('wrapped and inherited objects', async (t) => {
  const idp = await server(t);
  const api = new SecSignIDApi({ server: idp.server });
  function Older(options) {
    SecSignIDApi.call(this, options);
  }
  inherits(Older, SecSignIDApi);
  class Newer extends SecSignIDApi {}
  const made = [Older, Newer].map((Api) => new Api({ server: idp.server }));
  for (const [name, object] of Object.entries([new Proxy(api, {}), Object.create(api), ...made])) {
    const begun = await object.requestAuthSession(request);
    assert.equal((await object.cancelAuthSession(begun)).authsessionstate, '6', name);
  }
});

test('the state of a session, which nobody believes', async (t) => {
  const idp = await server(t);
  const api = new SecSignIDApi({ server: idp.server });
  const session = new AuthSession(await api.requestAuthSession(request));
  assert.deepEqual([session.getState(), session.getStateName()], ['1', 'PENDING']);
  for (const name of Object.keys(AuthSession)) {
    for (const state of [AuthSession[name], String(AuthSession[name])]) {
      session.setState(state);
      assert.deepEqual([session.getState(), session.getStateName()], [String(state), name]);
    }
  }
  for (const none of ['3xyz', undefined, null, 9, '', '__proto__']) {
    session.setState(none);
    assert.deepEqual([session.getState(), session.getStateName()], ['0', 'NOSTATE']);
  }
  assert.deepEqual([new AuthSession({}).getState(), new AuthSession({}).getStateName()], [0, 'NOSTATE']);
  session.setState(AuthSession.AUTHENTICATED);
  assert.equal((await api.getAuthSessionState(session)).authsessionstate, '1');
});

test('every outcome has a number', async (t) => {
  const idp = await server(t);
  const api = new SecSignIDApi({ server: idp.server });
  const session = await api.requestAuthSession(request);
  const states = { pending: 1, expired: 2, approved: 3, denied: 4, suspended: 5, canceled: 6, fetched: 7, invalid: 8, released: 8 };
  for (const [kind, state] of Object.entries(states)) {
    const check = t.mock.method(LoginClient.prototype, 'check', async () => ({ kind }));
    assert.equal((await api.getAuthSessionState(session)).authsessionstate, String(state), kind);
    check.mock.restore();
  }
});

test('why a call has failed is logged for the site, and not told to the visitor', async (t) => {
  const log = t.mock.method(console, 'log', () => {});
  const quiet = new SecSignIDApi({ server: AWAY });
  const loud = new SecSignIDApi({ server: AWAY, logging: true });
  for (const api of [quiet, loud]) {
    assert.equal((await called(api, 'requestAuthSession', request)).errormsg, 'request could not be verified');
    await assert.rejects(api.cancelAuthSession({ requestid: 'a token' }));
  }
  const lines = log.mock.calls.map(({ arguments: [line] }) => line);
  assert.equal(lines.length, 2);
  assert.match(lines[0], /requestAuthSession: CM_NETWORK: .*\(check name, address and network\)$/);
  assert.match(lines[1], /cancelAuthSession: CM_UNKNOWN_HANDLE: /);
  assert.doesNotMatch(lines.join(), /a token/);
  // A site may have a log of its own.
  quiet.log = t.mock.fn();
  await assert.rejects(quiet.cancelAuthSession({}));
  assert.equal(quiet.log.mock.callCount(), 1);
});

test('a fault of the site is warned of once, though nothing is logged', () => {
  const shown = run(`
    process.on('warning', ({ name, code, message }) => console.log(name, code, message));
    const api = (options) => new SecSignIDApi({ server: '${AWAY}', ...options });
    const ended = () => {};
    for (let times = 0; times < 2; times++) {
      api().requestAuthSession({ secsignid: 'a', serviceaddress: 'b' }, ended);
      api({ server: 'http://id.example' }).requestAuthSession(${JSON.stringify(request)}, ended);
      api({ sealKeys: [{ id: 'a', secret: new Uint8Array(32).fill(7) }] });
      api({ sealKeys: [], store: {} });
      for (const [servicename, serviceaddress] of [['', 'a'], ['a', '']]) api().requestAuthSession({ secsignid: 'a', servicename, serviceaddress }, ended);
      // These are no faults of the site.
      for (const binding of [undefined, '', { a: 1 }]) {
        for (const method of ['requestAuthSession', 'getAuthSessionState']) api()[method]({ ...${JSON.stringify(request)}, requestid: 'a', binding }, ended);
      }
      for (const secsignid of ['!', undefined, ['a', 'b']]) api().requestAuthSession({ ...${JSON.stringify(request)}, secsignid }, ended);
      api().getAuthSessionState({}, ended);
    }`);
  const lines = shown.trim().split('\n').sort();
  assert.equal(lines.length, 5, shown);
  assert.match(lines[0], /^CountermarkWarning CM_INVALID_CONFIG .*: servicename/);
  assert.match(lines[1], /^CountermarkWarning CM_INVALID_INPUT .*: service_address/);
  assert.match(lines[2], /^CountermarkWarning CM_INVALID_INPUT .*: service_name/);
  assert.match(lines[3], /^CountermarkWarning CM_INVALID_URL /);
  assert.match(lines[4], /^CountermarkWarning sealKeys .*store/);
});

test('faults of which each is another do not fill the log', () => {
  const shown = run(`
    process.on('warning', () => console.log('warned'));
    const posted = (detail) => ({ get requestid() { throw { detail, message: '' }; } });
    for (let number = 0; number < 200; number++) new SecSignIDApi().getAuthSessionState(posted(number), () => {}).catch(() => {});`);
  assert.equal(shown, 'warned\n'.repeat(64));
});

test('the README: a page that polls, and a form that follows', async (t) => {
  const idp = await server(t);
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, code] = /```js\n(const SecSignIDApi = [\s\S]*?)```/.exec(readme);
  const program = code.replace('new SecSignIDApi({', `new SecSignIDApi({ server: '${idp.server}',`);
  const { secSignIDApi, poll } = new Function('require', `${program}\nreturn { secSignIDApi, poll };`)(require);
  const cookies = { visitor: 'cookie' };
  const session = await secSignIDApi.requestAuthSession({ secsignid: 'zoidberg', binding: cookies.visitor });
  const members = [];
  const page = () => poll({ body: short(session), cookies }, (secsignid) => members.push(secsignid));
  assert.deepEqual([await page(), members], ['1', []]);
  await idp.approve(session);
  assert.deepEqual([await page(), members], ['3', ['zoidberg']]);
  await assert.rejects(page(), { code: 'CM_ALREADY_CONSUMED' });
  assert.deepEqual(members, ['zoidberg']);
});
