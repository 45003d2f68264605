// Logins against the ID server: abort, the end of the process, many at once, and the sealed session.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { LoginClient, SessionSealer } from 'countermark';
import { idServer, until } from './support.mjs';

const client = (idp, more) => new LoginClient({ server: idp.server, serviceName: 'Shop', serviceAddress: 'https://shop.example', ...more });

test('a login from start to approval', async (t) => {
  const idp = await idServer('--id', 'alice');
  t.after(idp.stop);
  const login = client(idp);
  const { session, accessPass } = await login.begin(' Alice ');
  assert.equal(session.secsignId, 'alice');
  assert.match(session.authSessionId, /^-?\d+$/);
  assert.ok(accessPass.dataUri.startsWith('data:image/png;base64,'));
  assert.deepEqual([...accessPass.png.subarray(1, 4)], [...Buffer.from('PNG')]);
  assert.equal((await login.check(session)).kind, 'pending');
  await idp.control('POST', `sessions/${session.authSessionId}`, { action: 'approve' });
  const outcome = await login.wait(session);
  assert.deepEqual([outcome.kind, outcome.secsignId, outcome.isOpen], ['approved', 'alice', false]);
  await assert.rejects(login.check(session), { code: 'CM_ALREADY_CONSUMED' });
});

test('an approval counts where the store cannot give the ID back', async (t) => {
  const idp = await idServer();
  t.after(idp.stop);
  let asked = 0;
  const release = () => Promise.reject(new Error(`away ${++asked}`));
  const login = client(idp, { store: { reserve: () => true, release } });
  const { session } = await login.begin('alice');
  await idp.control('POST', `sessions/${session.authSessionId}`, { action: 'approve' });
  assert.deepEqual([(await login.check(session)).kind, asked], ['approved', 1]);
});

test('a denied login is an outcome', async (t) => {
  const idp = await idServer();
  t.after(idp.stop);
  const login = client(idp);
  const { session } = await login.begin('alice');
  await idp.control('POST', `sessions/${session.authSessionId}`, { action: 'deny' });
  const outcome = await login.wait(session);
  assert.equal(outcome.kind, 'denied');
  assert.throws(() => outcome.requireApproved(), { code: 'CM_LOGIN_DENIED' });
});

const requests = async (idp) => (await idp.control('GET', 'transcript')).map(({ request }) => request);

test('an aborted wait rejects at once, and withdraws the login', async (t) => {
  const idp = await idServer();
  t.after(idp.stop);
  const login = client(idp);
  const { session } = await login.begin('alice');
  const abort = new AbortController();
  const waiting = login.wait(session, { signal: abort.signal });
  await until(async () => (await requests(idp)).includes('state'));
  abort.abort();
  await assert.rejects(waiting, { name: 'AbortError' });
  await until(async () => (await requests(idp)).includes('cancel'));
  await assert.rejects(login.check(session), { code: 'CM_SESSION_GONE' });
});

test('an aborted begin rejects at once, and withdraws what it began', async (t) => {
  const idp = await idServer();
  t.after(idp.stop);
  const login = client(idp);
  const abort = new AbortController();
  const beginning = login.begin('alice', { signal: abort.signal });
  abort.abort();
  await assert.rejects(beginning, { name: 'AbortError' });
  await until(async () => (await requests(idp)).includes('cancel'));
  assert.deepEqual(await requests(idp), ['start', 'cancel']);
  await login.begin('alice');
});

test('an aborted check asks no more, and leaves the login open', async (t) => {
  const idp = await idServer();
  t.after(idp.stop);
  const login = client(idp);
  const { session } = await login.begin('alice');
  await assert.rejects(login.check(session, { signal: AbortSignal.abort(new Error('gone')) }), /gone/);
  assert.deepEqual(await requests(idp), ['start']);
  const abort = new AbortController();
  const checking = login.check(session, { signal: abort.signal });
  abort.abort(new Error('gone'));
  await assert.rejects(checking, /gone/);
  assert.equal((await login.check(session)).kind, 'pending');
  assert.ok(!(await requests(idp)).includes('cancel'));
});

test('a call that is refused at once leaves nothing at the signal', async () => {
  const login = client({ server: undefined });
  const { signal } = new AbortController();
  await assert.rejects(login.begin(42, { signal }), { code: 'CM_INVALID_INPUT' });
  await assert.rejects(login.check({}, { signal }), { code: 'CM_INVALID_INPUT' });
  await assert.rejects(login.wait(undefined, { signal }), { code: 'CM_INVALID_INPUT' });
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});

test('a login in flight does not keep an aborted process alive', async (t) => {
  const idp = await idServer('--fault', 'state:reply-stalled');
  t.after(idp.stop);
  const program = `
    import { LoginClient } from '${import.meta.resolve('countermark')}';
    const login = new LoginClient({ server: '${idp.server}', serviceName: 'a', serviceAddress: 'b' });
    const { session } = await login.begin('alice');
    const abort = new AbortController();
    login.wait(session, { signal: abort.signal }).catch((error) => console.log(error.name));
    process.stdin.once('end', () => abort.abort()).resume();`;
  const folder = mkdtempSync(join(tmpdir(), 'countermark-abort-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'program.mjs'), program);
  const child = spawn(process.execPath, [join(folder, 'program.mjs')]);
  t.after(() => child.kill());
  let shown = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (shown += data));
  const closed = once(child, 'close');
  await until(async () => (await requests(idp)).includes('state'));
  const aborted = Date.now();
  child.stdin.end();
  const [status] = await closed;
  assert.deepEqual([shown, status], ['AbortError\n', 0]);
  assert.ok(Date.now() - aborted < 10_000, 'before the time-out of the exchange');
});

test('a thousand at once', async (t) => {
  const idp = await idServer();
  t.after(idp.stop);
  await idp.control('PUT', 'plan', { steps: [{ after_polls: 1, action: 'approve' }] });
  // The ID server draws a thousand pictures first.
  const login = client(idp, { connectTimeoutMs: 60_000, totalTimeoutMs: 120_000 });
  const threads = () => Number(/Threads:\s+(\d+)/.exec(readStatus())[1]);
  const before = threads();
  const outcomes = await Promise.all(
    Array.from({ length: 1000 }, async (_, number) => {
      const { session } = await login.begin(`user${number}`);
      return (await login.wait(session)).requireApproved();
    }),
  );
  assert.deepEqual(outcomes, outcomes.map((_, number) => `user${number}`), 'each has its own');
  assert.ok(threads() - before < 64, 'they share one runtime');
});

function readStatus() {
  return process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : 'Threads: 0';
}

test('a sealed session opens for its visitor only', async (t) => {
  const idp = await idServer();
  t.after(idp.stop);
  const { session } = await client(idp).begin('alice');
  const keys = [{ id: '1', secret: crypto.getRandomValues(new Uint8Array(32)) }];
  const sealer = new SessionSealer({ keys, serviceName: 'Shop', serviceAddress: 'https://shop.example' });
  const token = sealer.seal(session, 'visitor');
  assert.match(token, /^[\w-]+$/);
  assert.equal((await client(idp).check(sealer.open(token, 'visitor'))).kind, 'pending');
  assert.throws(() => sealer.open(token, 'another'), { code: 'CM_UNKNOWN_HANDLE' });
  const elsewhere = new SessionSealer({ keys, serviceName: 'Shop', serviceAddress: 'https://other.example' });
  assert.throws(() => elsewhere.open(token, 'visitor'), { code: 'CM_UNKNOWN_HANDLE' });
  assert.throws(() => elsewhere.seal(session, 'visitor'), { code: 'CM_INVALID_INPUT' });
});
