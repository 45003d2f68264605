// A login with <countermark-login> in the browser, on Express.
//
//   countermark id-server --id alice
//   node site.mjs http://127.0.0.1:40017/
//
// The session of the ID server stays in this process: the browser has a random cookie, and learns the state from here.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import express from 'express';
import { LoginClient, normalizeSecsignId } from 'countermark';
import { ended, failed, loggedIn, loginForm, waiting } from './pages.mjs';

const ELEMENT = fileURLToPath(new URL('../../../wasm/element/countermark-login.mjs', import.meta.url));
const LIFE_MS = 120_000;
/** How long an answer of the ID server holds: whoever asks meanwhile is told the same. */
const ANSWER_MS = 500;
/** No later question brings another answer, as when the ID server has been started anew. */
const OVER = new Set(['CM_SESSION_GONE', 'CM_IDENTITY_MISMATCH', 'CM_ALREADY_CONSUMED']);
const OPEN = new Set(['pending', 'fetched']);

/** @param options those of `LoginClient`; `follow`: `events` or `poll` */
export function site({ follow = 'events', ...options }) {
  const client = new LoginClient({ serviceName: 'Element sample', serviceAddress: 'http://localhost:8080', ...options });
  const logins = new Map();
  const members = new Map();
  const app = express();
  app.disable('x-powered-by');
  app.use((req, res, next) => {
    res.set({
      'Content-Security-Policy':
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    });
    next();
  });
  app.get('/countermark-login.mjs', (req, res) => res.type('text/javascript').sendFile(ELEMENT));
  app.use(visitor, express.urlencoded({ extended: false, limit: '8kb' }), sameSite);
  app.use((req, res, next) => {
    if (req.method !== 'POST' || hasFormToken(req)) return next();
    // One more click, on the page that the visitor is about to leave.
    if (members.has(req.visitor) && req.path === '/login/check') return res.redirect(303, '/');
    res.status(403).send(failed('Please start here.'));
  });

  app.get('/', async (req, res) => {
    const member = members.get(req.visitor);
    if (member) return res.send(loggedIn(member, formTokenOf(req)));
    if (isAhead(req)) return res.status(503).end();
    const login = logins.get(req.visitor);
    logins.delete(req.visitor);
    await withdraw(login);
    // A new cookie with each form: the visitor may have come with one that somebody else has planted, and knows.
    setVisitor(req, res, random());
    res.send(loginForm(formTokenOf(req)));
  });

  app.post('/login', async (req, res) => {
    await begun(req.visitor, normalizeSecsignId(`${req.body.secsignid ?? ''}`));
    res.redirect(303, '/login/wait');
  });

  /** A form that is sent again, by a second click or a reload, leads to the login that this visitor has open: another would be refused as BUSY. */
  function begun(visitor, secsignId) {
    const open = logins.get(visitor);
    if (open?.secsignId === secsignId && OPEN.has(open.state)) return open.begun;
    const login = { secsignId, startedMs: Date.now(), state: 'pending' };
    const forget = () => logins.get(visitor) === login && logins.delete(visitor);
    logins.set(visitor, login);
    login.begun = (async () => {
      // Nobody waits for the other one any more.
      await withdraw(open);
      const { session, accessPass } = await client.begin(secsignId);
      Object.assign(login, { session, accessPass: accessPass.dataUri });
    })();
    // It is told that it has expired, then it goes; so does an approval, since its answer may be lost on the way to a page that asks again late.
    login.begun.then(() => setTimeout(forget, 2 * LIFE_MS).unref(), forget);
    return login.begun;
  }

  /** The phone stops asking. If the ID server cannot be reached, it will by itself. */
  async function withdraw(login) {
    if (!login || !OPEN.has(login.state)) return;
    login.state = 'canceled';
    await login.begun.then(() => client.cancel(login.session)).catch(() => {});
  }

  app.get('/login/wait', async (req, res) => {
    const login = logins.get(req.visitor);
    if (!login) return res.redirect(303, '/');
    await login.begun;
    const leftMs = Math.max(0, login.startedMs + LIFE_MS - Date.now());
    res.send(waiting({ secsignId: login.secsignId, accessPass: login.accessPass, leftMs, follow, formToken: formTokenOf(req) }));
  });

  /**
   * Asks one question at a time, and its answer holds for a moment. An approval is given out once, and of two clicks the browser reads the last
   * answer only: both get it.
   */
  async function ask(login) {
    if (!OPEN.has(login.state)) return;
    login.asking ??= client
      .check(login.session)
      .then((outcome) => {
        login.state = outcome.kind;
        login.member = outcome.secsignId;
      })
      .catch((error) => {
        if (!OVER.has(error.code)) throw error;
        login.state = 'failed';
      })
      .finally(() => setTimeout(() => (login.asking = undefined), ANSWER_MS).unref());
    await login.asking;
  }

  const news = ({ state }) => ({ state, final: !OPEN.has(state) });

  app.post('/login/state', known, async (req, res) => {
    await ask(req.login);
    res.json(news(req.login));
  });

  app.get('/login/events', known, async (req, res) => {
    await ask(req.login);
    res.set('Content-Type', 'text/event-stream');
    for (;;) {
      res.write(`event: state\ndata: ${JSON.stringify(news(req.login))}\n\n`);
      // One that was forgotten is over, too.
      if (!OPEN.has(req.login.state) || logins.get(req.visitor) !== req.login || res.closed) return res.end();
      await pause(2000);
      // While the ID server is out of reach, the page keeps what it knows.
      await ask(req.login).catch(() => {});
    }
  });

  app.post('/login/check', known, async (req, res) => {
    await ask(req.login);
    if (OPEN.has(req.login.state)) return res.redirect(303, '/login/wait');
    if (!req.login.member) return res.status(403).send(ended(req.login.state));
    // A new cookie, so that one which was planted before the login is worth nothing.
    req.login.cookie ??= random();
    members.set(req.login.cookie, req.login.member);
    setVisitor(req, res, req.login.cookie);
    res.redirect(303, '/');
  });

  app.post('/login/cancel', known, async (req, res) => {
    logins.delete(req.visitor);
    await withdraw(req.login);
    res.send(ended('canceled'));
  });

  app.post('/logout', async (req, res) => {
    members.delete(req.visitor);
    const login = logins.get(req.visitor);
    logins.delete(req.visitor);
    // The approval is kept under the cookie of before: nobody comes in by it once more.
    for (const [visitor, { cookie }] of logins) if (cookie === req.visitor) logins.delete(visitor);
    await withdraw(login);
    setVisitor(req, res, random());
    res.redirect(303, '/');
  });

  async function known(req, res, next) {
    req.login = logins.get(req.visitor);
    await req.login?.begun;
    if (req.login) return next();
    res.status(404).send(failed('There is no login here.'));
  }

  app.use((req, res) => void res.status(404).send(failed('There is no such page.')));
  app.use((error, req, res, next) => {
    if (res.headersSent) return next(error);
    res.status(error.httpStatus ?? error.status ?? 500).send(failed(error.publicMessage ?? 'Something went wrong.'));
  });
  return app;
}

/**
 * Over https with the prefix that browsers take from this host only: any other cookie a sibling host may plant. Behind a proxy that ends TLS, say
 * so with Express's `trust proxy`.
 */
const cookieOf = (req) => (req.secure ? '__Host-visitor' : 'visitor');

function setVisitor(req, res, value) {
  req.visitor = value;
  res.cookie(cookieOf(req), value, { httpOnly: true, sameSite: 'lax', path: '/', secure: req.secure });
}

const random = () => randomBytes(32).toString('base64url');

/** Whether the browser fetches a page before anybody has asked for it: what that page would change stays as it is, and it is fetched anew. */
const isAhead = (req) => (req.get('sec-purpose') ?? '').startsWith('prefetch');

/** Every visitor has a random cookie. Of two with its name one was planted, and nothing says which. */
function visitor(req, res, next) {
  const start = `${cookieOf(req)}=`;
  const cookies = (req.headers.cookie ?? '').split(';').map((cookie) => cookie.trim()).filter((cookie) => cookie.startsWith(start));
  if (cookies.length > 1) return res.status(400).send(failed('Please delete the cookies of this site.'));
  const value = cookies[0]?.slice(start.length) ?? '';
  if (/^[\w-]{43}$/.test(value)) req.visitor = value;
  else setVisitor(req, res, random());
  next();
}

const FORM_KEY = randomBytes(32);

/** What a form of this visitor's pages has in it: another site does not know it, nor does it fit another cookie that was planted since. */
const formTokenOf = ({ visitor }) => createHmac('sha256', FORM_KEY).update(visitor).digest('base64url');

function hasFormToken(req) {
  const [sent, own] = [`${req.body?.form ?? ''}`, formTokenOf(req)].map((text) => Buffer.from(text));
  return sent.length === own.length && timingSafeEqual(sent, own);
}

/** A form of another site does not count. Old browsers have no `Sec-Fetch-Site`, and none has it for plain http; all say the `Origin`. */
function sameSite(req, res, next) {
  const { 'sec-fetch-site': from, origin, host } = req.headers;
  const isOwn = from === undefined ? origin === undefined || origin === `http://${host}` || origin === `https://${host}` : from === 'same-origin';
  if (req.method === 'POST' && !isOwn) return res.status(403).send(failed('Please start here.'));
  next();
}

if (import.meta.url === pathToFileURL(process.argv[2] ? process.argv[1] : '').href) {
  const listening = site({ server: process.argv[2] }).listen(8080, '127.0.0.1', () => console.log(`http://localhost:${listening.address().port}/`));
}
