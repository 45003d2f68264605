// <countermark-login> in a real browser: what its page and its attributes may be like. What it does with time is in `debugger/test/`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { launch } from '../adapters/launch.mjs';

const ELEMENT = readFileSync(new URL('../element/countermark-login.mjs', import.meta.url));
const SCRIPT = '<script type="module" src="/element.mjs"></script>';

/** How long a busy machine may take for anything: less than the element follows a login of which it knows no time. */
const LIMIT_MS = 60_000;

const PAGE = (attributes, { head = SCRIPT, field = '', form = '', after = '' } = {}) => `<!doctype html>${head}<countermark-login ${attributes}>
  <form slot="check" method="post" action="/check" ${form}>${field}<button id="check">I have confirmed</button></form>
  <form slot="cancel" method="post" action="/cancel"><button id="cancel">Cancel</button></form></countermark-login>${after}`;

const PENDING = { state: 'pending', final: false };
const APPROVED = { state: 'approved', final: true };

let html;
let news;
let asked;
let browser;
const site = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://site');
  if (pathname === '/element.mjs') return response.setHeader('content-type', 'text/javascript').end(ELEMENT);
  if (pathname === '/page') return response.setHeader('content-type', 'text/html').end(html);
  if (pathname === '/favicon.ico') return response.end();
  asked.push(pathname);
  if (pathname === '/check') return response.writeHead(204).end();
  response.end(JSON.stringify(news));
});

before(async () => {
  [browser] = await Promise.all([launch('chromium'), new Promise((resolve) => site.listen(0, '127.0.0.1', resolve))]);
});

after(async () => {
  await browser?.close();
  site.closeAllConnections();
  site.close();
});

async function open(t, page, told = PENDING, before = () => {}) {
  [html, news, asked] = [page, told, []];
  const tab = await browser.newPage();
  t.after(() => tab.close());
  tab.setDefaultTimeout(LIMIT_MS);
  await tab.evaluateOnNewDocument(() => {
    // Each state, with the time left and whether the button shows, as they are at its begin.
    window.seen = [];
    window.sent = 0;
    window.addEventListener('submit', () => window.sent++);
    const see = ([{ target }]) => {
      const { state } = target;
      if (window.seen.at(-1)?.[0] !== state) window.seen.push([state, target.shadowRoot.querySelector('.left').textContent, document.querySelector('#check').checkVisibility()]);
    };
    new MutationObserver(see).observe(document, { subtree: true, attributeFilter: ['state'] });
  });
  await tab.evaluateOnNewDocument(before);
  await tab.goto(`http://127.0.0.1:${site.address().port}/page`);
  return tab;
}

const followed = (page) => page.waitForSelector('countermark-login[state]');
const seen = (page) => page.evaluate(() => window.seen);
const set = (page, name, value) => page.$eval('countermark-login', (element, name, value) => element.setAttribute(name, value), name, value);
const shown = (page, part) => page.$eval('countermark-login', (element, part) => element.shadowRoot.querySelector(part).textContent, part);
const sent = (page) => page.evaluate(() => window.sent);
const buttonShows = (page) => page.$eval('#check', (button) => button.checkVisibility());

for (const left of ['0', '-5']) {
  test(`a time of ${left} is over: soon the person has the button`, async (t) => {
    const page = await open(t, PAGE(`poll="/state" left-ms="${left}"`));
    await page.waitForSelector('countermark-login[state=unfollowed]');
    assert.deepEqual(await seen(page), [['pending', '0:00', false], ['unfollowed', '', true]]);
  });
}

for (const left of ['soon', '2 minutes', '120,000', '90s', '', ' ']) {
  test(`a time that is none is as if it were absent: "${left}"`, async (t) => {
    const page = await open(t, PAGE(`poll="/state" left-ms="${left}"`));
    await followed(page);
    assert.equal(await shown(page, '.left'), '');
  });
}

test('addresses are those of the base of the page', async (t) => {
  const page = await open(t, PAGE('poll="login/state"', { head: `<base href="/app/">${SCRIPT}` }), { ...APPROVED, next: 'members' });
  await page.waitForFunction(() => location.pathname === '/app/members');
  assert.deepEqual(asked, ['/app/login/state', '/app/members']);
});

test('a text that is set or changed later is shown', async (t) => {
  const page = await open(t, PAGE('poll="/state" left-ms="20000"'));
  await followed(page);
  // Before it can be told anything new.
  const now = (name, value) => page.$eval('countermark-login', (element, name, value) => {
    element.toggleAttribute(name, value !== null);
    if (value !== null) element.setAttribute(name, value);
    return ['[part=text]', '.only-read'].map((part) => element.shadowRoot.querySelector(part).textContent);
  }, name, value);
  assert.deepEqual(await now('text-pending', 'Warten'), ['Warten', '']);
  assert.deepEqual(await now('text-denied', 'Nein'), ['Warten', '']);
  assert.deepEqual(await now('text-soon', 'Gleich vorbei'), ['Warten', ''], 'that is not the case');
  assert.deepEqual(await now('text-pending', null), ['Waiting for your phone', '']);
});

test('what was said of a time that is short goes with that time', async (t) => {
  const page = await open(t, PAGE('poll="/state" left-ms="30500"'));
  await page.waitForFunction(() => document.querySelector('countermark-login')?.shadowRoot?.querySelector('.only-read').textContent === '30 seconds left');
  await set(page, 'text-soon', 'Noch 30 Sekunden');
  assert.equal(await shown(page, '.only-read'), 'Noch 30 Sekunden');
  const anew = await page.$eval('countermark-login', (element) => {
    element.setAttribute('left-ms', '120000');
    return ['.left', '.only-read'].map((part) => element.shadowRoot.querySelector(part).textContent);
  });
  assert.deepEqual(anew, ['2:00', '']);
});

test('that the time is short is said once, and at the end no more', async (t) => {
  const page = await open(t, PAGE('poll="/state" left-ms="20000"', { field: '<input name="code" required>' }));
  await followed(page);
  const writes = await page.$eval('countermark-login', (element) => {
    const read = element.shadowRoot.querySelector('.only-read');
    read.textContent = '30 seconds left';
    const observer = new MutationObserver(() => {});
    observer.observe(read, { childList: true });
    for (const [name, text] of [['denied', 'Nein'], ['approved', 'Ja'], ['soon', '30 seconds left']]) element.setAttribute(`text-${name}`, text);
    return observer.takeRecords().length;
  });
  assert.equal(writes, 0);
  news = APPROVED;
  await page.waitForSelector('countermark-login[state=approved]');
  assert.equal(await shown(page, '.only-read'), '');
  await set(page, 'text-soon', 'Gleich vorbei');
  assert.equal(await shown(page, '.only-read'), '');
});

test('whoever has the focus on the button when it goes, goes on at the state', async (t) => {
  const page = await open(t, PAGE('poll="/state"', { head: '' }));
  const focus = () => page.evaluate(() => [document.activeElement.localName, document.activeElement.shadowRoot?.activeElement?.role]);
  await page.focus('#check');
  await page.addScriptTag({ type: 'module', url: '/element.mjs' });
  await followed(page);
  // What is hidden loses the focus with the next frame.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  assert.deepEqual([await buttonShows(page), await focus()], [false, ['countermark-login', 'status']]);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'cancel');
});

test('at the end a form that waits for a field is there', async (t) => {
  const page = await open(t, PAGE('poll="/state"', { field: '<input name="code" required>' }), APPROVED);
  await page.waitForSelector('countermark-login[state=approved]');
  assert.deepEqual([await buttonShows(page), await sent(page)], [true, 0]);
  assert.equal(await page.evaluate(() => document.activeElement.name), 'code');
});

test('at the end such a form leaves the focus to whoever types elsewhere', async (t) => {
  const page = await open(t, PAGE('poll="/state"', { field: '<input name="code" required>', after: '<input name="other">' }));
  await followed(page);
  await page.focus('[name=other]');
  news = APPROVED;
  await page.waitForSelector('countermark-login[state=approved]');
  assert.deepEqual([await buttonShows(page), await sent(page)], [true, 0]);
  assert.equal(await page.evaluate(() => document.activeElement.name), 'other');
});

test('at the end a form that asks for no check of its fields is sent', async (t) => {
  const page = await open(t, PAGE('poll="/state"', { field: '<input name="code" required>', form: 'novalidate' }), APPROVED);
  await page.waitForSelector('countermark-login[state=approved]');
  assert.deepEqual([await buttonShows(page), await sent(page)], [false, 1]);
});

/** Lets the page's timers run ten times as fast, and keeps when the end was told. */
const hasten = () => {
  const { setTimeout } = window;
  window.setTimeout = (run, ms) => setTimeout(run, ms / 10);
  window.addEventListener('countermark-state', () => (window.toldAt ??= performance.now()));
};

test('at the end a form whose answer leads nowhere is there, well after a slow answer would be', async (t) => {
  const page = await open(t, PAGE('poll="/state"'), APPROVED, hasten);
  await page.waitForSelector('countermark-login[state=approved]');
  await page.waitForFunction(() => document.querySelector('#check').checkVisibility());
  assert.ok((await page.evaluate(() => performance.now() - window.toldAt)) >= 2500);
  assert.deepEqual([await seen(page), await sent(page)], [[['pending', '', false], ['approved', '', false]], 1], 'it is sent by itself');
});

test('who hears of the end may take the element out of the page: then nothing is sent or waited for', async (t) => {
  const page = await open(t, PAGE('poll="/state"'), APPROVED, () => {
    const { setTimeout } = window;
    window.waits = 0;
    window.setTimeout = (...asked) => (window.waits++, setTimeout(...asked));
    window.addEventListener('countermark-state', ({ target }) => {
      target.remove();
      window.waits = 0;
      window.isOut = true;
    });
  });
  await page.waitForFunction(() => window.isOut);
  assert.deepEqual(await page.evaluate(() => [window.waits, window.sent]), [0, 0]);
});

test('who hears of the end may give the element another login: that is followed', async (t) => {
  const page = await open(t, PAGE('poll="/state"'), APPROVED, () => {
    let told = 0;
    window.addEventListener('countermark-state', ({ target }) => ++told === 1 && target.setAttribute('poll', '/other'));
    window.addEventListener('submit', () => (window.toldBefore ??= told));
  });
  await page.waitForFunction(() => window.sent);
  assert.deepEqual([await page.evaluate(() => window.toldBefore), await sent(page), asked.slice(0, 2)], [2, 1, ['/state', '/other']]);
});
