// The README, as it stands: from the packed tarball, in an empty folder, to a verified webhook in each runtime and in browsers.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { parse } from 'smol-toml';
import { freePort } from '../../tests/free-port.mjs';
import { launch } from '../adapters/launch.mjs';
import { signWebhook, startIdServer } from '@countermark/wasm/testing';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const frontPage = readFileSync(join(root, '../README.md'), 'utf8');
const SECRET = 'a secret of at least twenty characters';

/** The piece of code that begins so. */
function piece(language, start, page = readme) {
  const pieces = [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)].filter(([, kind]) => kind === language).map(([, , code]) => code);
  return pieces.find((code) => code.startsWith(start)) ?? assert.fail(`no ${language} that begins with ${start}`);
}

const home = mkdtempSync(join(tmpdir(), 'countermark-readme-'));
after(() => rmSync(home, { recursive: true }));
const put = (name, text) => {
  mkdirSync(dirname(join(home, name)), { recursive: true });
  writeFileSync(join(home, name), text);
};

const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', home], { cwd: root, encoding: 'utf8' }));
put('package.json', '{"private": true, "type": "module"}');
execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', `./${filename}`], { cwd: home });

const body = '{"action":"opened"}';
const request = (text = body) => ({ method: 'POST', body: text, headers: signWebhook({ scheme: 'github', secret: SECRET, body }).headers });

/** The Worker of a program, as Wrangler makes it: it bundles with esbuild for workerd, and leaves modules of WebAssembly beside. */
async function workerOf(t, program, take, bindings = { GITHUB_SECRET: SECRET }) {
  put('src/index.js', program);
  const { main, compatibility_date: compatibilityDate, durable_objects: objects, migrations } = parse(piece('toml', '# wrangler.toml'));
  const outdir = join(home, 'bundle');
  await build({
    ...{ absWorkingDir: home, entryPoints: [main], outdir, bundle: true, format: 'esm', target: 'es2024', logLevel: 'warning' },
    ...{ conditions: ['workerd', 'worker', 'browser'], external: ['cloudflare:*'], loader: { '.wasm': 'copy' }, assetNames: '[name]' },
  });
  const worker = new Miniflare({
    compatibilityDate,
    modulesRoot: outdir,
    modules: [{ type: 'ESModule', path: join(outdir, 'index.js') }, { type: 'CompiledWasm', path: join(outdir, 'countermark.wasm') }],
    bindings,
    durableObjects: Object.fromEntries(
      objects.bindings.map(({ name, class_name: className }) => [name, { className, useSQLite: migrations.some((one) => one.new_sqlite_classes.includes(className)) }]),
    ),
    handleRuntimeStdio: (stdout, stderr) => [stdout, stderr].forEach((stream) => stream.setEncoding('utf8').on('data', take)),
  });
  t.after(() => worker.dispose());
  return worker;
}

const statusOf = (worker) => async (what) => (await worker.dispatchFetch('http://hooks/', what)).status;

test('a webhook in a Cloudflare Worker', async (t) => {
  let log = '';
  const send = statusOf(await workerOf(t, piece('js', '// src/index.js'), (text) => (log += text)));
  assert.equal(await send(request()), 200);
  assert.equal(await send(request()), 200);
  assert.equal(await send(request('{"action":"closed"}')), 401);
  for (let tries = 0; tries < 600 && !/CM_SIGNATURE_MISMATCH/.test(log); tries++) await sleep(100);
  assert.equal(log.match(/from GitHub: \{ action: 'opened' \}/g)?.length, 1, log);
  assert.match(log, /CM_SIGNATURE_MISMATCH/);
});

test('the webhook of the front page', async (t) => {
  let log = '';
  const given = `
    import { env } from 'cloudflare:workers';
    import { DurableObjectReplayStore } from '@countermark/wasm/cloudflare';
    import { webhook } from '@countermark/wasm/fetch';
    export { ReplayObject } from '@countermark/wasm/cloudflare';
    const handle = async (event) => console.log('handled', event.action);
  `;
  const send = statusOf(await workerOf(t, given + piece('js', 'export default', frontPage), (text) => (log += text)));
  assert.deepEqual([await send(request()), await send(request()), await send(request('{"action":"closed"}'))], [200, 200, 401]);
  for (let tries = 0; tries < 600 && !log.includes('handled'); tries++) await sleep(100);
  assert.equal(log.match(/handled opened/g)?.length, 1, log);
});

test('a login in a Worker', async (t) => {
  const server = await startIdServer({ command: join(root, '../target/debug/countermark') });
  t.after(() => server.stop());
  await server.control('PUT', 'plan', { steps: [{ after_polls: 2, action: 'approve' }] });
  const bindings = { ID_SERVER: server.server, SEAL_KEY: Buffer.alloc(32, 7).toString('base64') };
  const worker = await workerOf(t, piece('js', '// src/login.js'), () => {}, bindings);
  const form = await worker.dispatchFetch('http://site/login');
  const [cookie] = form.headers.get('set-cookie').split(';');
  const post = async (path, fields, headers = { cookie }) => {
    const reply = await worker.dispatchFetch(`http://site${path}`, { method: 'POST', body: new URLSearchParams(fields), headers });
    const text = await reply.text();
    return reply.ok ? JSON.parse(text) : reply.status;
  };
  assert.equal(await post('/login/begin', { id: 'alice' }, {}), 403);
  const { token, pass } = await post('/login/begin', { id: 'alice' });
  assert.match(pass, /^data:image\/png/);
  // The ID has a login by now, and another visitor cannot ask for it.
  assert.ok((await post('/login/begin', { id: 'alice' })) >= 400);
  assert.ok((await post('/login/check', { token }, { cookie: '__Host-visitor=another' })) >= 400);
  // A host beside this one can set a cookie whose name ends so.
  const [planted] = cookie.replace('__Host-', 'x__Host-').split(';');
  assert.equal(await post('/login/check', { token }, { cookie: planted }), 403);
  assert.ok((await post('/login/check', { token }, { cookie: `${planted}; __Host-visitor=another` })) >= 400);
  let answer;
  for (let tries = 0; tries < 10 && !answer?.user; tries++) answer = await post('/login/check', { token });
  assert.deepEqual(answer, { user: 'alice' });
});

const bin = (name) => join(root, 'node_modules/.bin', name);
const RUNTIMES = [
  { title: 'Deno', run: [bin('deno'), 'run', '--quiet', '--no-lock', '--allow-all'], port: (port) => ({ DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}` }) },
  { title: 'Bun', run: [bin('bun')], port: (port) => ({ BUN_PORT: port }) },
];

for (const { title, run, port } of RUNTIMES) {
  test(`other runtimes: ${title}`, async (t) => {
    // What the README calls options and handler.
    const given = `
      const options = { scheme: 'github', keys: [{ id: '1', secret: '${SECRET}' }], maxBodyBytes: 1000, keepS: 60 };
      const handler = (hook) => console.log('from GitHub:', hook.text());
    `;
    put(`${title}.mjs`, piece('js', `// ${title}`).replace(/^(?=\w+\.serve)/m, given));
    const number = await freePort();
    const child = spawn(run[0], [...run.slice(1), `${title}.mjs`], { cwd: home, env: { ...process.env, ...port(number) } });
    t.after(() => child.kill());
    let log = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (log += text));
    const send = async (what) => (await fetch(`http://127.0.0.1:${number}/`, what)).status;
    let status;
    for (let tries = 0; tries < 600 && status === undefined; tries++) {
      status = await send(request()).catch(() => sleep(100));
    }
    assert.equal(status, 200, log);
    assert.equal(await send(request('{"action":"closed"}')), 401);
    for (let tries = 0; tries < 600 && !log.includes('from GitHub:'); tries++) await sleep(100);
    assert.match(log, /from GitHub: \{"action":"opened"\}/);
  });
}

const KINDS = { '.mjs': 'text/javascript', '.js': 'text/javascript', '.wasm': 'application/wasm', '.html': 'text/html' };

/** The folder over HTTP, under the policy that the README names. */
async function site() {
  const server = createServer((asked, reply) => {
    const path = new URL(asked.url, 'http://site').pathname;
    reply.setHeader('content-security-policy', "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'");
    reply.setHeader('content-type', KINDS[extname(path)] ?? 'text/plain');
    reply.end(readFileSync(join(home, path)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const TRY = `
  const verifier = new SignedQueryVerifier({ profile: 'legacy-onelogin', keys: [{ id: '1', secret: '${SECRET}' }] });
  globalThis.answer = verifier.tryVerify('firstname=a', 0).code;
`;

test('browsers: a script as it is, a bundle, and your own bytes', async (t) => {
  const installed = './node_modules/@countermark/wasm';
  cpSync(join(home, installed, 'full/countermark.wasm'), join(home, 'countermark.wasm'));
  const named = (name, file) => ["'@countermark/wasm" + name + "'", `'${installed}/${file}'`];
  put('plain.mjs', `import { SignedQueryVerifier } from '${installed}/full/browser.mjs';${TRY}`);
  put('bytes.mjs', piece('js', 'import { init').replace(...named('/init', 'full/init.mjs')) + TRY);
  put('bundled.js', `import { SignedQueryVerifier } from '@countermark/wasm';${TRY}`);
  await build({
    ...{ absWorkingDir: home, entryPoints: ['bundled.js'], outdir: join(home, 'dist'), bundle: true, format: 'esm', target: 'es2024', logLevel: 'warning' },
  });
  execFileSync(bin('bun'), ['build', 'bundled.js', '--outdir', 'bun'], { cwd: home, stdio: 'ignore' });
  const copy = piece('sh', 'cp ');
  for (const folder of ['dist/', 'bun/']) execFileSync('sh', ['-ec', copy.replace('dist/', folder)], { cwd: home });
  const pages = ['plain.mjs', 'bytes.mjs', 'dist/bundled.js', 'bun/bundled.js'];
  for (const page of pages) put(`${page}.html`, `<!doctype html><script type="module" src="/${page}"></script>`);
  const server = await site();
  t.after(() => server.close());
  for (const name of ['chromium', 'firefox']) {
    const browser = await launch(name);
    t.after(() => browser.close());
    for (const path of pages) {
      const page = await browser.newPage();
      const faults = [];
      page.on('pageerror', (error) => faults.push(error.message));
      await page.goto(`http://127.0.0.1:${server.address().port}/${path}.html`);
      await page.waitForFunction(() => globalThis.answer, { timeout: 60_000 }).catch((error) => assert.fail(`${name} ${path}: ${error.message} ${faults}`));
      assert.equal(await page.evaluate(() => globalThis.answer), 'CM_MISSING_FIELD', `${name} ${path}`);
      await page.close();
    }
  }
});

test('a service worker, by bytes of its own', async (t) => {
  const installed = './node_modules/@countermark/wasm';
  cpSync(join(home, installed, 'full/countermark.wasm'), join(home, 'countermark.wasm'));
  put('worker.mjs', `
    import { init, SignedQueryVerifier } from '${installed}/full/init.mjs';
    const loaded = init(fetch('/countermark.wasm'));
    addEventListener('message', (event) => event.waitUntil(loaded.then(() => {
      ${TRY}
      event.source.postMessage(answer);
    })));`);
  put('site.mjs', `
    navigator.serviceWorker.addEventListener('message', ({ data }) => (globalThis.answer = data));
    await navigator.serviceWorker.register('/worker.mjs', { type: 'module' });
    (await navigator.serviceWorker.ready).active.postMessage('try');`);
  put('site.html', '<!doctype html><script type="module" src="/site.mjs"></script>');
  const server = await site();
  t.after(() => server.close());
  const browser = await launch('chromium');
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/site.html`);
  await page.waitForFunction(() => globalThis.answer, { timeout: 60_000 });
  assert.equal(await page.evaluate(() => globalThis.answer), 'CM_MISSING_FIELD');
});

test('memory is given back from the compatibility date on that is named', async (t) => {
  const [, date] = /`compatibility_date` from (\S+) on/.exec(readme);
  const before = new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10);
  const script = 'export default { fetch: () => new Response(typeof FinalizationRegistry) }';
  const kinds = [];
  for (const compatibilityDate of [before, date]) {
    const worker = new Miniflare({ modules: true, script, compatibilityDate });
    t.after(() => worker.dispose());
    kinds.push(await (await worker.dispatchFetch('http://worker/')).text());
  }
  assert.deepEqual(kinds, ['undefined', 'function']);
});
