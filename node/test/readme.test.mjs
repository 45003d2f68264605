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
import { packAll } from '../pack.mjs';
import { idServer } from './support.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The program in the README that begins so. */
const program = (start) => [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code).find((code) => code.startsWith(start));

test('the README', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'countermark-readme-'));
  t.after(() => rmSync(home, { recursive: true }));
  const { main, native } = packAll(home);
  writeFileSync(join(home, 'package.json'), '{"private": true}');
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', native, main], { cwd: home });
  symlinkSync(join(root, 'node_modules', 'express'), join(home, 'node_modules', 'express'));
  const env = { ...process.env, GITHUB_SECRET: 'a secret of at least twenty characters' };

  await t.test('a webhook', async (t) => {
    const port = 20_000 + (process.pid % 20_000);
    for (const name of ['app.mjs', 'send.mjs']) writeFileSync(join(home, name), program(`// ${name}`).replace('3000', port));
    const app = spawn(process.execPath, ['app.mjs'], { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
    t.after(() => app.kill());
    let log = '';
    app.stdout.on('data', (data) => (log += data));
    app.stderr.on('data', (data) => (log += data));
    for (let tries = 0; tries < 50; tries++) {
      if (await fetch(`http://localhost:${port}`).catch(() => false)) break;
      await sleep(100);
    }
    const answers = execFileSync(process.execPath, ['send.mjs'], { cwd: home, env, encoding: 'utf8' });
    const [, shown] = /node send\.mjs\n([\s\S]*?)```/.exec(readme);
    assert.equal(answers.replace('200 \n', '200\n'), shown);
    for (let tries = 0; tries < 50 && !/MISMATCH/.test(log); tries++) await sleep(100);
    assert.match(log, /from GitHub: { action: 'opened' }/);
    assert.match(log, /CM_REPLAYED[\s\S]*CM_SIGNATURE_MISMATCH/);
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
});
