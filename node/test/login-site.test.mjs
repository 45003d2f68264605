// The sample site in a real browser, with the phone page of the ID server; and what the vendor's sample could not stand.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SecSignIDApi } from 'countermark/secsignid';
import { launch, press } from '../../tests/browser/support/browser.js';
import { site } from '../examples/login-site/site.mjs';
import { idServer, listen } from './support.mjs';

let browser;
let idp;
let web;

before(async () => {
  [browser, idp] = await Promise.all([launch(), idServer('--release', 'echo')]);
  web = await listen(createServer(site(idp.server)));
});

after(async () => {
  await browser?.close();
  await web?.close();
  await idp?.stop();
});

async function begin(id) {
  const context = await browser.newContext({ baseURL: web.url });
  const page = await context.newPage();
  await page.goto('/');
  await page.getByLabel('SecSign ID').fill(id);
  await press(page, page.getByRole('button', { name: 'Log in' }));
  await page.getByRole('heading', { name: 'Check your phone' }).waitFor();
  return { context, page };
}

const session = async (id) => (await idp.control('GET', `sessions?secsignid=${id}`)).at(-1);
const act = async (id, action) => idp.control('POST', `sessions/${(await session(id)).authsessionid}`, { action });

/** Waits until these are the last that the ID server was asked: for some, nobody waits. */
async function requests(...wanted) {
  let kinds;
  for (let tries = 0; tries < 600; tries++) {
    kinds = (await idp.control('GET', 'transcript')).map(({ request }) => request).slice(-wanted.length);
    if (kinds.join() === wanted.join()) return;
    await sleep(50);
  }
  assert.deepEqual(kinds, wanted);
}

test('request, access pass, check, release', async () => {
  const { context, page } = await begin('alice');
  const shown = page.getByRole('img', { name: 'Access pass' });
  assert.equal(await shown.evaluate((image) => image.decode().then(() => image.naturalWidth)), 88);
  await press(page, page.getByRole('button', { name: 'OK' }));
  await page.getByRole('heading', { name: 'Check your phone' }).waitFor();
  assert.equal(await shown.evaluate((image) => image.decode().then(() => image.naturalWidth)), 88, 'the picture stays');
  // Asked sooner, the site answers from what it knows.
  await page.waitForTimeout(600);
  await act('alice', 'approve');
  await press(page, page.getByRole('button', { name: 'OK' }));
  await page.getByText('You are logged in as alice.').waitFor();
  await requests('start', 'state', 'state', 'release');
  await press(page, page.getByRole('button', { name: 'Log out' }));
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await context.close();
});

test('a release that fails, or is not answered, changes nothing: the login is proved', async (t) => {
  const warned = t.mock.method(console, 'warn', () => {});
  const failing = t.mock.method(SecSignIDApi.prototype, 'releaseAuthSession', () => Promise.reject(new Error('away')));
  for (const id of ['erin', 'frank']) {
    const { context, page } = await begin(id);
    await act(id, 'approve');
    await press(page, page.getByRole('button', { name: 'OK' }));
    await page.getByText(`You are logged in as ${id}.`).waitFor();
    await context.close();
    failing.mock.mockImplementation(() => new Promise(() => {}));
  }
  assert.equal(failing.mock.callCount(), 2);
  assert.deepEqual(warned.mock.calls.map(({ arguments: texts }) => texts), [['The login counts, but was not released: away']]);
});

test('cancel', async () => {
  const { context, page } = await begin('bob');
  await press(page, page.getByRole('button', { name: 'Cancel' }));
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  assert.equal((await idp.control('GET', 'transcript')).at(-1).request, 'cancel');
  await context.close();
});

test('denied on the phone', async () => {
  const { context, page } = await begin('carol');
  await act('carol', 'deny');
  await press(page, page.getByRole('button', { name: 'OK' }));
  await page.getByText('The login was not accepted.').waitFor();
  await context.close();
});

test('another ID in the hidden fields logs nobody in', async () => {
  const { context, page } = await begin('mallory');
  await act('mallory', 'approve');
  await page.evaluate(() => document.querySelectorAll('[name=secsignid]').forEach((field) => (field.value = 'victim')));
  await press(page, page.getByRole('button', { name: 'OK' }));
  await page.getByRole('heading', { name: 'Not logged in' }).waitFor();
  await context.close();
});

test('a form of another visitor does not open', async () => {
  const { context, page } = await begin('dave');
  await act('dave', 'approve');
  await context.clearCookies();
  await press(page, page.getByRole('button', { name: 'OK' }));
  await page.getByRole('heading', { name: 'Not logged in' }).waitFor();
  await context.close();
});

/** A request as it stands, without a client that tidies its path up. */
const raw = (text) =>
  new Promise((resolve, reject) => {
    const socket = connect(new URL(web.url).port, '127.0.0.1', () => socket.write(text));
    let reply = '';
    socket.on('data', (data) => (reply += data)).on('close', () => resolve(reply)).on('error', reject);
  });

const status = async (line, more = '', body = '') => {
  const reply = await raw(`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more}\r\n${body}`);
  return Number(/^HTTP\/1.1 (\d+)/.exec(reply)[1]);
};

test('no path leads to a file', async () => {
  for (const path of ['/../x', '/../site.mjs', '/%2e%2e/x', '/..%5cx', '/../../../../../../../../etc/hostname', '/nope/nope/x']) {
    assert.equal(await status(`GET ${path}`), 404, path);
    assert.equal(await status(`POST ${path}`, 'Content-Length: 0\r\n'), 403, path);
  }
});

test('a GET changes nothing, and a large body is refused', async () => {
  for (const path of ['/login?login=1&secsignid=a', '/check?check=1', '/cancel?cancel=1']) assert.equal(await status(`GET ${path}`), 405);
  const body = `secsignid=${'x'.repeat(100_000)}`;
  assert.equal(await status('POST /login', `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n`, body), 413);
  assert.equal((await fetch(web.url)).status, 200);
});

test('what is posted stays text, and what is wrong with it is the fault of who has sent it', async () => {
  const page = await fetch(web.url);
  const [cookie] = page.headers.getSetCookie().at(-1).split(';');
  const [, token] = /name="form" value="([\w-]+)"/.exec(await page.text());
  const form = async (path, fields) => {
    const body = new URLSearchParams(fields);
    body.set('form', token);
    const reply = await fetch(web.url + path, { method: 'POST', body, headers: { cookie } });
    return [reply.status, await reply.text()];
  };
  for (const fields of [[['secsignid', 'a'], ['secsignid', 'b']], { secsignid: ' ' }, {}, { secsignid: '<img onerror=alert(1)>$&' }]) {
    const [code, text] = await form('/login', fields);
    assert.equal(code, 400);
    assert.ok(!text.includes('<img'));
  }
  const service = { servicename: 'Node.js sample', serviceaddress: 'http://localhost:8080' };
  for (const path of ['/check', '/cancel']) {
    for (const fields of [
      { requestid: 'F2C5F138' },
      {},
      service,
      [['requestid', 'a'], ['requestid', 'b']],
      { requestid: '' },
      { requestid: 'x'.repeat(8000) },
      { requestid: 'a', secsignid: ' ' },
      { requestid: 'a', servicename: '', serviceaddress: '' },
      { requestid: 'a', servicename: 'x'.repeat(300), serviceaddress: 'x'.repeat(300) },
      { requestid: '\u0000', servicename: '\u0000', serviceaddress: '\n' },
      [...Object.entries(service), ['requestid', 'a'], ['requestid', 'b'], ['authsessionid', '1'], ['authsessionid', '2']],
    ]) {
      const [code] = await form(path, fields);
      assert.ok(code >= 400 && code < 500, `${code} for ${path} ${JSON.stringify(fields)}`);
    }
  }
  const { waiting } = await import('../examples/login-site/pages.mjs');
  assert.match(waiting({ secsignid: '<img onerror=x>$&' }), /&#60;img onerror=x&#62;\$&#38;/);
});
