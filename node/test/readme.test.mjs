// The README, as it stands: from the packed tarball to a verified webhook and a login.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../tests/free-port.mjs';
import { packAll } from '../pack.mjs';
import { idServer } from './support.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

const frontPage = readFileSync(join(root, '..', 'README.md'), 'utf8');

/** The program in a page that begins so. */
const program = (start, page = readme) => [...page.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code).find((code) => code.startsWith(start));

/** A callback of the vectors, whose signature is over the hash of its request by the key of its certificate. */
function signedCallback() {
  const { testGroups } = JSON.parse(readFileSync(join(root, '../tests/vectors/securesign.json'), 'utf8'));
  const { request, tests } = testGroups.find(({ request }) => request.op === 'securesign.callback');
  const [text] = tests.find(({ comment }) => comment === 'RSA over SHA-256').request.queries;
  return { request, query: JSON.parse(Buffer.from(new URLSearchParams(text).get('ss_result'), 'base64').toString()) };
}

test('the README', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'countermark-readme-'));
  t.after(() => rmSync(home, { recursive: true }));
  const { main, natives: [native] } = packAll(home);
  writeFileSync(join(home, 'package.json'), '{"private": true}');
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', native, main], { cwd: home });
  for (const name of ['express', 'redis']) symlinkSync(join(root, 'node_modules', name), join(home, 'node_modules', name));
  const env = { ...process.env, GITHUB_SECRET: 'a secret of at least twenty characters', LINK_SECRET: 'another secret of twenty characters' };
  /** What a program prints. */
  const run = (name, ...parts) => {
    writeFileSync(join(home, name), parts.join('\n'));
    return execFileSync(process.execPath, [name], { cwd: home, env, encoding: 'utf8', timeout: 60_000 });
  };

  await t.test('a webhook', async (t) => {
    const port = await freePort();
    for (const name of ['app.mjs', 'send.mjs']) writeFileSync(join(home, name), program(`// ${name}`).replace('3000', port));
    const app = spawn(process.execPath, ['app.mjs'], { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
    t.after(() => app.kill());
    let log = '';
    app.stdout.on('data', (data) => (log += data));
    app.stderr.on('data', (data) => (log += data));
    for (let tries = 0; tries < 600; tries++) {
      if (await fetch(`http://localhost:${port}`).catch(() => false)) break;
      await sleep(100);
    }
    const answers = execFileSync(process.execPath, ['send.mjs'], { cwd: home, env, encoding: 'utf8' });
    const [, shown] = /node send\.mjs\n([\s\S]*?)```/.exec(readme);
    assert.equal(answers.replaceAll('200 \n', '200\n'), shown);
    for (let tries = 0; tries < 600 && !/MISMATCH/.test(log); tries++) await sleep(100);
    assert.match(log, /from GitHub: { action: 'opened' }/);
    assert.match(log, /CM_REPLAYED[\s\S]*CM_SIGNATURE_MISMATCH/);
  });

  await t.test('a webhook in any other framework', () => {
    writeFileSync(join(home, 'receive.mjs'), program('// receive.mjs'));
    const shown = run(
      'received.mjs',
      `import { receive } from './receive.mjs';
      import { MemoryReplayStore } from 'countermark';
      import { signWebhook } from 'countermark/testing';
      const { headers, body } = signWebhook({ scheme: 'github', secret: process.env.GITHUB_SECRET, body: '{"action":"opened"}' });
      let fails = true;
      const handle = (hook) => {
        if (fails) throw new Error('the database is away');
        console.log(hook.json().action);
      };
      await receive({ headers }, body, handle).catch(({ message }) => console.log(message));
      fails = false;
      for (const text of [body, body, '{}']) {
        const answer = await receive({ headers }, text, handle);
        console.log(answer.status, answer.contentType, answer.body.length > 0);
      }
      // A fault of the site is no refusal of the sender.
      await receive({ headers }, { action: 'opened' }, handle).catch(({ code }) => console.log(code));
      // A store that is away after the work, or after its failure, changes nothing.
      MemoryReplayStore.prototype.commit = MemoryReplayStore.prototype.release = () => { throw new Error('the store is away'); };
      const others = [1, 2].map((n) => signWebhook({ scheme: 'github', secret: process.env.GITHUB_SECRET, body: JSON.stringify({ action: n }) }));
      console.log((await receive({ headers: others[0].headers }, others[0].body, handle)).status);
      fails = true;
      await receive({ headers: others[1].headers }, others[1].body, handle).catch(({ message }) => console.log(message));`,
    );
    const answers = 'opened\n200  false\n200  false\n401 text/plain; charset=utf-8 true\n';
    assert.equal(shown, `the database is away\n${answers}CM_INVALID_INPUT\n1\n200\nthe database is away\n`);
  });

  await t.test('a login', async (t) => {
    const idp = await idServer('--id', 'alice');
    t.after(idp.stop);
    await idp.control('PUT', 'plan', { steps: [{ after_polls: 0, action: 'approve' }] });
    writeFileSync(join(home, 'login.mjs'), program("import { LoginClient }"));
    const login = spawn(process.execPath, ['login.mjs'], { cwd: home, env: { ...env, ID_SERVER: idp.server } });
    let shown = '';
    login.stdout.on('data', (data) => (shown += data));
    login.stderr.on('data', (data) => (shown += data));
    const [code] = await once(login, 'close');
    assert.match(shown, /^data:image\/png;base64,\S+\napproved alice\n$/);
    assert.equal(code, 0);
  });

  await t.test('the webhook of the front page', () => {
    const shown = run(
      'front.mjs',
      `import { spawn } from 'node:child_process';
      import { once } from 'node:events';
      import { setTimeout as sleep } from 'node:timers/promises';
      import express from 'express';
      import { createClient } from 'redis';
      import { webhook } from 'countermark/express';
      import { RedisReplayStore } from 'countermark/redis';
      import { signWebhook } from 'countermark/testing';
      const server = spawn('redis-server', ['--port', '0', '--unixsocket', 'redis.sock', '--save', ''], { stdio: 'ignore' });
      const redis = createClient({ socket: { path: 'redis.sock' } }).on('error', () => {});
      await redis.connect();
      const app = express();
      const handle = async (event) => console.log(event.action);`,
      program('app.all', frontPage),
      `const listener = app.listen(0);
      await once(listener, 'listening');
      const { headers, body } = signWebhook({ scheme: 'github', secret: process.env.GITHUB_SECRET, body: '{"action":"opened"}' });
      for (const text of [body, body, '{}']) {
        console.log((await fetch(\`http://localhost:\${listener.address().port}/hook\`, { method: 'POST', headers, body: text })).status);
      }
      redis.destroy();
      server.kill();
      listener.close();
      listener.closeAllConnections();`,
    );
    assert.equal(shown, 'opened\n200\n200\n401\n');
  });

  await t.test('a signed link', () => {
    writeFileSync(join(home, 'links.mjs'), program('// links.mjs'));
    const shown = run(
      'link.mjs',
      `import { once } from 'node:events';
      import { signQuery } from 'countermark/testing';
      import { linkFor, site } from './links.mjs';
      const signIn = async (res, email) => void res.cookie('member', email);
      const listener = site({ signIn }).listen(0);
      await once(listener, 'listening');
      const ask = async (link, method) => {
        const { pathname, search } = new URL(link, 'https://shop.example');
        const { status, headers } = await fetch(\`http://localhost:\${listener.address().port}\${pathname}\${search}\`, { method, redirect: 'manual' });
        console.log(status, headers.get('location'), headers.get('set-cookie'), headers.get('allow'), headers.get('referrer-policy'), headers.get('cache-control'));
      };
      const link = linkFor('jane@example.com');
      const other = signQuery({ profile: 'countermark-v1', audience: 'other.example', keyId: '2026-11', secret: process.env.LINK_SECRET, fields: { email: 'jane@example.com' } });
      for (const method of ['HEAD', 'POST', 'OPTIONS']) await ask(link, method);
      for (const one of [link, link, '/link', '/link?', '/link?' + other, link.replace('jane', 'eve')]) await ask(one);
      listener.close();
      listener.closeAllConnections();`,
    );
    const headers = 'no-referrer no-store\n';
    assert.equal(
      shown,
      `405 null null GET ${headers}`.repeat(3) +
        `303 / member=jane%40example.com; Path=/ null ${headers}` +
        [409, 400, 400, 403, 401].map((status) => `${status} null null null ${headers}`).join(''),
    );
  });

  await t.test('a link of OneLogin', () => {
    const [, profile] = /withdrawn links.*`profile: '([\w-]+)'`/.exec(readme);
    const [, call] = /`(link\.checkProfile\(.*?\))`/.exec(readme);
    assert.ok(readme.includes('`link.claimedEmail`'));
    const shown = run(
      'onelogin.mjs',
      `import { SignedQueryVerifier } from 'countermark';
      import { signQuery } from 'countermark/testing';
      const secret = 'a token of at least twenty characters';
      const links = new SignedQueryVerifier({ profile: '${profile}', keys: [{ id: '2026-11', secret }] });
      const link = links.verify(signQuery({ profile: 'legacy-onelogin', secret, fields: { firstname: 'Jane', lastname: 'Doe?', email: 'jane@example.com' } }));
      for (const firstName of ['Jane', 'June']) {
        const account = { firstName, lastName: 'Doe?' };
        try {
          console.log(link.claimedEmail, ${call});
        } catch (error) {
          console.log(error.httpStatus);
        }
      }`,
    );
    assert.equal(shown, 'jane@example.com jane@example.com\n403\n');
  });

  await t.test('a signature by SecureSign', async (t) => {
    const idp = await idServer('--securesign-origin', 'https://shop.example', '--securesign-tenant', 'org_9f2a');
    t.after(idp.stop);
    Object.assign(env, { SECURESIGN_URL: `${idp.server}v1`, SECURESIGN_KEY: 'ss_test_emulator' });
    writeFileSync(join(home, 'signing.mjs'), program('import { randomUUID }'));
    const { request, query } = signedCallback();
    const shown = run(
      'signed.mjs',
      `import { ask, signed } from './signing.mjs';
      const [hash, certificate] = ${JSON.stringify([request.pending[0].hash_base64, request.certificate_base64])}.map((text) => Buffer.from(text, 'base64'));
      const visitor = {};
      console.log((await ask(visitor, hash)).split('?')[0]);
      const { requestId } = visitor.pending;
      const result = { ...${JSON.stringify(query)}, requestId };
      const callback = 'ss_result=' + encodeURIComponent(Buffer.from(JSON.stringify(result)).toString('base64'));
      console.log((await signed(visitor, callback, certificate)).length);
      for (const who of [visitor, {}]) await signed(who, callback, certificate).catch(({ message }) => console.log(message));`,
    );
    assert.equal(shown, 'securesign://sign\n256\nused before\nnothing was asked for\n');
  });

  await t.test("the vendor's names", () => {
    const [, listed] = /\nhas (`requestAuthSession`.*) with callbacks/.exec(readme);
    const names = [...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    assert.equal(names.length, 4);
    const shown = run('vendor.cjs', program('const SecSignIDApi'), `for (const name of ${JSON.stringify(names)}) console.log(typeof secSignIDApi[name]);`);
    assert.equal(shown, 'function\n'.repeat(4));
  });
});
