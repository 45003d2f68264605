// <countermark-login> where the service falls silent, in a real browser: in the end the person has the button.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { launch } from '../../adapters/launch.mjs';

const ELEMENT = readFileSync(new URL('../../element/countermark-login.mjs', import.meta.url));

/** How long a busy machine may take for anything. */
const LIMIT_MS = 60_000;

const PAGE = (attributes) => `<!doctype html><script type="module" src="/element.mjs"></script>
  <countermark-login ${attributes}><form slot="check" method="post" action="/check"><button>I have confirmed</button></form></countermark-login>`;

/** A page of which the form comes when the element is there already. */
const SLOW = `<!doctype html><script async type="module" src="/element.mjs"></script><countermark-login poll="/state">`;
const FORM = '<form slot="check" method="post" action="/check"><input type="hidden" name="token" value="of this page"></form></countermark-login>';

let asked = 0;
/** The body of the last question. */
let sent;
/** What the service does with a request for the state; each test has its own. */
let answer;
let browser;
const site = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://site');
  if (pathname === '/element.mjs') return response.setHeader('content-type', 'text/javascript').end(ELEMENT);
  if (pathname === '/page') return response.setHeader('content-type', 'text/html').end(PAGE(searchParams.get('attributes')));
  if (pathname === '/slow') {
    response.setHeader('content-type', 'text/html').write(SLOW);
    return setTimeout(() => response.end(FORM), 700);
  }
  if (pathname !== '/state') return response.end('another page');
  sent = (await request.toArray()).join('');
  asked++;
  return answer(response);
});

before(async () => {
  [browser] = await Promise.all([launch('chromium'), new Promise((resolve) => site.listen(0, '127.0.0.1', resolve))]);
});

after(async () => {
  await browser?.close();
  site.closeAllConnections();
  site.close();
});

/** A page with the element, whose service answers so. Its time stands still until the test lets some pass. */
async function open(t, attributes, how) {
  asked = 0;
  answer = how;
  const page = await browser.newPage();
  t.after(() => page.close());
  page.setDefaultTimeout(LIMIT_MS);
  await page.evaluateOnNewDocument(() => {
    let now = 0;
    let last = 0;
    let isAsking = false;
    const timers = new Map();
    performance.now = () => now;
    window.setTimeout = (run, ms) => {
      isAsking = false;
      timers.set(++last, { at: now + ms, run });
      return last;
    };
    window.clearTimeout = (timer) => timers.delete(timer);
    AbortSignal.timeout = (ms) => {
      const controller = new AbortController();
      window.setTimeout(() => controller.abort(new DOMException('too long', 'TimeoutError')), ms);
      return controller.signal;
    };
    // Between two questions the element sets a timer, as the last thing that it does.
    const { fetch } = window;
    window.fetch = (...args) => {
      isAsking = true;
      return fetch(...args);
    };
    window.streams = [];
    window.EventSource = class extends EventSource {
      constructor(address) {
        super(address);
        window.streams.push(this);
      }
    };

    /** Runs the timer that is due next, unless that is later than `end`; gives whether it did. */
    const runNext = (end) => {
      const [next] = [...timers].sort(([, a], [, b]) => a.at - b.at);
      if (!next || next[1].at > end) return false;
      timers.delete(next[0]);
      now = Math.max(now, next[1].at);
      next[1].run();
      return true;
    };
    window.time = {
      async pass(ms) {
        const end = now + ms;
        // What observes the page hears of each by itself.
        while (runNext(end)) await undefined;
        now = end;
      },
      /** As in the background, where no timer runs. */
      skip: (ms) => (now += ms),
      /** Goes on to the next timer, unless a question is being asked. */
      goOn: () => isAsking || runNext(Infinity),
    };
  });
  await page.goto(`http://127.0.0.1:${site.address().port}/page?attributes=${encodeURIComponent(attributes)}`, { waitUntil: 'domcontentloaded' });
  await page.waitForSelector('countermark-login[state]');
  return page;
}

/** Lets the page's time pass. */
const pass = (page, ms) => page.evaluate((ms) => window.time.pass(ms), ms);
async function until(holds, meanwhile = () => {}) {
  const began = Date.now();
  while (!(await holds())) {
    assert.ok(Date.now() - began < LIMIT_MS, 'it does not come to that');
    await meanwhile();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
/** Lets the page's time pass between its questions, however long the answers take, until this holds. */
const ask = (page, holds) => until(holds, () => page.evaluate(() => window.time.goOn()));
const isOpen = (page) => page.waitForFunction(() => window.streams[0]?.readyState === EventSource.OPEN);
const buttonShows = (page) => page.$eval('button', (button) => button.checkVisibility());
const hasButton = (page) => page.waitForFunction(() => document.querySelector('button').checkVisibility(), { timeout: LIMIT_MS });
const state = (page) => page.$eval('countermark-login', (element) => element.getAttribute('state'));
const shown = (page, part) => page.$eval('countermark-login', (element, part) => element.shadowRoot.querySelector(part).textContent, part);
const stream = (response, text) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write(text);
/** What the page is like before and at this moment of its time. */
async function around(page, ms) {
  const seen = async () => [await state(page), await buttonShows(page)];
  await pass(page, ms - 1);
  const before = await seen();
  await pass(page, 1);
  return [before, await seen()];
}
const GIVES_UP = [['pending', false], ['unfollowed', true]];

test('a stream without news: when the time is over the button comes back', async (t) => {
  const page = await open(t, 'events="/state" left-ms="20000"', (response) => stream(response, ':\n\n'));
  await isOpen(page);
  assert.deepEqual(await around(page, 25_000), GIVES_UP);
});

test('a silent stream of a page that says no time is left after that of any login', async (t) => {
  const page = await open(t, 'events="/state"', (response) => stream(response, ':\n\n'));
  await isOpen(page);
  assert.deepEqual(await around(page, 125_000), GIVES_UP);
});

test('what is no news, such as an error that comes with 200, counts as a failure', async (t) => {
  for (const text of ['{"error":"session over"}', 'null', '[]', '{"state":1,"final":true}']) {
    const page = await open(t, 'poll="/state"', (response) => response.end(text));
    await ask(page, () => buttonShows(page));
    assert.equal(asked, 5, text);
    const other = await open(t, 'events="/state"', (response) => stream(response, `event: state\ndata: ${text}\n\n`));
    await hasButton(other);
  }
});

test('a question is asked again where the answer is "not now"', async (t) => {
  const page = await open(t, 'poll="/state"', (response) => {
    response.statusCode = [408, 425, 429, 503][asked - 1] ?? 200;
    response.end('{"state":"fetched","final":false}');
  });
  await ask(page, async () => (await state(page)) === 'fetched');
  assert.ok(asked >= 5);
});

test('nothing is asked before the form is there', async (t) => {
  const bodies = [];
  answer = (response) => {
    bodies.push(sent);
    response.end('{"state":"fetched","final":false}');
  };
  const page = await browser.newPage();
  t.after(() => page.close());
  await page.goto(`http://127.0.0.1:${site.address().port}/slow`, { waitUntil: 'domcontentloaded' });
  await page.waitForSelector('countermark-login[state=fetched]');
  assert.equal(bodies[0], 'token=of+this+page');
});

test('where no style sheet can be made, the forms of the page stay', async (t) => {
  const page = await browser.newPage();
  t.after(() => page.close());
  await page.evaluateOnNewDocument(() => {
    window.CSSStyleSheet = class {
      constructor() {
        throw new TypeError('Illegal constructor');
      }
    };
  });
  await page.goto(`http://127.0.0.1:${site.address().port}/page?attributes=`);
  await page.waitForFunction(() => customElements.get('countermark-login'));
  await hasButton(page);
});

test('the way back leads before the page of the login', async (t) => {
  const page = await browser.newPage();
  t.after(() => page.close());
  answer = (response) => response.end('{"state":"approved","final":true,"next":"/members"}');
  const at = `http://127.0.0.1:${site.address().port}`;
  await page.goto(`${at}/first`);
  await page.goto(`${at}/page?attributes=${encodeURIComponent('poll="/state"')}`);
  await page.waitForFunction(() => location.pathname === '/members');
  await page.goBack();
  assert.equal(page.url(), `${at}/first`);
});

test('a state of any name, and a text that is none, are shown as text', async (t) => {
  const page = await open(t, 'poll="/state"', (response) => response.end('{"state":"toString","final":false,"text":{}}'));
  await page.waitForSelector('countermark-login[state=toString]');
  assert.equal(await shown(page, '[part=text]'), 'toString');
});

test('an end that is told soon after the time is over still counts', async (t) => {
  let followed;
  const page = await open(t, 'events="/state" left-ms="20000"', (response) => {
    followed = response;
    stream(response, ':\n\n');
  });
  await isOpen(page);
  await pass(page, 21_000);
  assert.equal(await shown(page, '.left'), '0:00');
  followed.end('event: state\ndata: {"state":"expired","final":true,"next":"/late"}\n\n');
  await page.waitForFunction(() => location.pathname === '/late');
});

test('a stream that breaks off again and again is left; with news between it is not', async (t) => {
  const page = await open(t, 'events="/state"', (response) => {
    stream(response, 'retry: 20\n\n');
    response.end();
  });
  await hasButton(page);
  assert.equal(asked, 3);

  const other = await open(t, 'events="/state"', (response) => {
    stream(response, 'retry: 20\n\nevent: state\ndata: {"state":"fetched","final":false}\n\n');
    // In the end it says no more.
    if (asked < 8) response.end();
  });
  await other.waitForSelector('countermark-login[state=fetched]');
  await until(() => asked >= 8);
  assert.deepEqual([asked, await state(other)], [8, 'fetched']);
});

test('a question without an answer ends, and is asked again', async (t) => {
  const page = await open(t, 'poll="/state" left-ms="600000"', (response) => {
    if (asked === 2) response.end('{"state":"fetched","final":false}');
  });
  const isAsked = async (times) => {
    await ask(page, () => asked === times);
    await pass(page, 15_000);
  };
  await isAsked(1);
  await ask(page, async () => (await state(page)) === 'fetched');
  for (let times = 3; times <= 7; times++) await isAsked(times);
  await hasButton(page);
  assert.equal(asked, 7, 'five failures in a row');
});

test('30 seconds before the end it says so once, also where that second is not seen', async (t) => {
  const page = await open(t, 'events="/state" left-ms="120000"', (response) => stream(response, ':\n\n'));
  await page.evaluate(() => {
    const said = document.querySelector('countermark-login').shadowRoot.querySelector('.only-read');
    window.said = [said.textContent];
    new MutationObserver(() => window.said.push(said.textContent)).observe(said, { childList: true, characterData: true, subtree: true });
    window.time.skip(95_000);
  });
  await pass(page, 30_000);
  await hasButton(page);
  // Once nothing is followed any more, no time runs.
  assert.deepEqual(await page.evaluate(() => window.said), ['', '30 seconds left', '']);
  assert.equal(await shown(page, '.left'), '');
});

test('a second copy in a page changes nothing', async (t) => {
  const page = await open(t, 'events="/state"', (response) => stream(response, 'event: state\ndata: {"state":"fetched","final":false}\n\n'));
  await page.waitForSelector('countermark-login[state=fetched]');
  assert.equal(await page.evaluate(async () => (await import('/element.mjs?again')).CountermarkLogin === customElements.get('countermark-login')), false);
  assert.equal(await state(page), 'fetched');
});

for (const name of ['events', 'poll']) {
  test(`${name}, set once the element is in the page, is followed; so is another address after it`, async (t) => {
    const told = (text) => (name === 'poll' ? (response) => response.end(text) : (response) => stream(response, `event: state\ndata: ${text}\n\n`));
    const page = await open(t, '', told('{"state":"fetched","final":false}'));
    await hasButton(page);
    assert.deepEqual([asked, await state(page)], [0, 'unfollowed']);
    const set = (value) => page.$eval('countermark-login', (element, name, value) => element.setAttribute(name, value), name, value);
    await set('/state');
    await page.waitForSelector('countermark-login[state=fetched]');
    assert.equal(await page.$eval('button', (button) => button.checkVisibility()), false);
    // The same once more is no news.
    await set('/state');
    if (name === 'events') assert.equal(await page.evaluate(() => window.streams.length), 1);
    answer = told('{"state":"denied","final":true,"next":"/denied"}');
    await set('/state?another');
    await page.waitForFunction(() => location.pathname === '/denied');
  });
}

test('a time that is set later counts, and so does one in its place', async (t) => {
  const page = await open(t, 'events="/state"', (response) => stream(response, ':\n\n'));
  const left = (ms) => page.$eval('countermark-login', (element, ms) => {
    element.setAttribute('left-ms', ms);
    return element.shadowRoot.querySelector('.left').textContent;
  }, ms);
  assert.deepEqual([await left('120000'), await left('600000'), await left('')], ['2:00', '10:00', '']);
  await isOpen(page);
  assert.deepEqual([asked, await page.evaluate(() => window.streams.length)], [1, 1], 'the stream stays');
  await left('20000');
  assert.deepEqual(await around(page, 25_000), GIVES_UP);
});
