// The site of the vendor's Node document on Express: request a login, show the access pass, check, cancel, release.
//
//   countermark id-server --id alice
//   node site.mjs http://127.0.0.1:40017/
//
// What changes something is a POST, pages are built from escaped text, no file is served, and nobody is logged in but the ID that
// the ID server states.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import express from 'express';
import { normalizeSecsignId } from 'countermark';
import { AuthSession, SecSignIDApi } from 'countermark/secsignid';
import { failed, loggedIn, loginForm, waiting } from './pages.mjs';

/** @param server the address of the ID server; without it, the vendor's public one */
export function site(server) {
  const api = new SecSignIDApi({ server, servicename: 'Node.js sample', serviceaddress: 'http://localhost:8080' });
  const members = new Map();
  const logins = new Map();
  const questions = new Map();
  const app = express();
  app.disable('x-powered-by');
  app.use((req, res, next) => {
    res.set({
      'Content-Security-Policy': "default-src 'none'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    });
    next();
  });
  app.use(visitor, express.urlencoded({ extended: false, limit: '8kb' }), sameSite);
  app.use((req, res, next) => {
    if (req.method !== 'POST' || hasFormToken(req)) return next();
    // One more click, on the page that the visitor is about to leave.
    if (members.has(req.visitor) && req.path === '/check') return res.redirect(303, '/');
    res.status(403).send(failed('Please start here.'));
  });

  app.get('/', async (req, res) => {
    const member = members.get(req.visitor);
    if (member) return res.send(loggedIn(member.secsignid, formTokenOf(req)));
    if (isAhead(req)) return res.status(503).end();
    await withdraw(req.visitor);
    // A new cookie with each form: the visitor may have come with one that somebody else has planted, and knows.
    setVisitor(req, res, random());
    res.send(loginForm(formTokenOf(req)));
  });

  /** Nobody can go on with what was begun under an old cookie. */
  async function withdraw(visitor) {
    for (const name of [...logins.keys()].filter((name) => name.startsWith(nameOf(visitor, '')))) {
      const login = logins.get(name);
      logins.delete(name);
      await login.then((session) => api.cancelAuthSession({ ...session, binding: visitor })).catch(() => {});
    }
  }

  app.post('/login', async (req, res) => {
    res.send(waiting(await begun(req.visitor, normalizeSecsignId(`${req.body.secsignid ?? ''}`)), formTokenOf(req)));
  });

  const nameOf = (visitor, secsignid) => `${visitor} ${secsignid}`;

  /** A form that is sent again, by a second click or a reload, shows the login that this visitor has open: another would be refused as BUSY. */
  function begun(visitor, secsignid) {
    const name = nameOf(visitor, secsignid);
    if (!logins.has(name)) {
      const login = api.requestAuthSession({ secsignid, binding: visitor });
      const forget = () => logins.get(name) === login && logins.delete(name);
      logins.set(name, login);
      login.then(() => setTimeout(forget, LIFE_MS).unref(), forget);
    }
    return logins.get(name);
  }

  app.post('/check', async (req, res) => {
    const session = posted(req);
    let answer;
    try {
      answer = await asked(session);
    } catch (error) {
      if (error.retryable) throw error;
      // As when the ID server has forgotten it.
      await forget(session);
      throw error;
    }
    const { authsessionstate, secsignid } = answer;
    switch (Number(authsessionstate)) {
      case AuthSession.PENDING:
      case AuthSession.FETCHED: {
        // The picture is the one that was kept: a posted one could be that of another login.
        const { authsessionicondata } = (await kept(session)) ?? {};
        return res.send(waiting({ ...session, authsessionicondata }, formTokenOf(req)));
      }
      case AuthSession.AUTHENTICATED: {
        await forget(session);
        // A new cookie, so that one which was planted before the login is worth nothing; the same one for whoever asks again.
        answer.cookie ??= random();
        members.set(answer.cookie, { secsignid, approval: nameOf(session.binding, session.requestid) });
        setVisitor(req, res, answer.cookie);
        return res.redirect(303, '/');
      }
      default:
        await forget(session);
        return res.status(403).send(failed('The login was not accepted.'));
    }
  });

  /** What was begun as this login. There may be another one by now, for the same ID. */
  async function kept({ binding, secsignid, requestid }) {
    const login = await logins.get(nameOf(binding, secsignid))?.catch(() => {});
    return login?.requestid === requestid ? login : undefined;
  }

  /** It has ended, or is about to. */
  async function forget(session) {
    if (await kept(session)) logins.delete(nameOf(session.binding, session.secsignid));
  }

  /**
   * Asks one question at a time, and its answer holds for a moment. An approval is given out once, and of two clicks the browser reads the last
   * answer only: both get it.
   */
  function asked(session) {
    const name = nameOf(session.binding, session.requestid);
    if (!questions.has(name)) {
      const question = api.getAuthSessionState(session);
      const forget = (ms) => setTimeout(() => questions.get(name) === question && questions.delete(name), ms).unref();
      questions.set(name, question);
      question.then(({ authsessionstate }) => {
        forget(OPEN.has(Number(authsessionstate)) ? ANSWER_MS : END_MS);
        if (Number(authsessionstate) === AuthSession.AUTHENTICATED) release(session);
      }, () => forget(ANSWER_MS));
    }
    return questions.get(name);
  }

  /** The login is proved, and this only tidies up: nobody waits for it, and its failure changes nothing. */
  function release(session) {
    api.releaseAuthSession(session).catch((error) => console.warn(`The login counts, but was not released: ${error.message}`));
  }

  app.post('/cancel', async (req, res) => {
    const session = posted(req);
    questions.delete(nameOf(req.visitor, session.requestid));
    await forget(session);
    await api.cancelAuthSession(session);
    res.redirect(303, '/');
  });

  app.post('/logout', (req, res) => {
    // Nobody comes in once more by the approval, which is kept under the cookie of before.
    questions.delete(members.get(req.visitor)?.approval);
    members.delete(req.visitor);
    setVisitor(req, res, random());
    res.redirect(303, '/');
  });

  app.all(['/login', '/check', '/cancel', '/logout'], (req, res) => {
    res.set('Allow', 'POST').status(405).send(failed('This needs a form.'));
  });
  app.use((req, res) => void res.status(404).send(failed('There is no such page.')));
  app.use((error, req, res, next) => {
    if (res.headersSent) return next(error);
    res.status(error.httpStatus ?? error.status ?? 500).send(failed(error.publicMessage ?? 'Something went wrong.'));
  });
  return app;
}

/** As long as the ID server keeps a login. */
const LIFE_MS = 120_000;
/**
 * How long an answer of the ID server holds, and the one that ends a login: whoever asks meanwhile is told the same. The end may be lost on the way
 * to a page that asks again late.
 */
const ANSWER_MS = 500;
const END_MS = LIFE_MS;
const OPEN = new Set([AuthSession.PENDING, AuthSession.FETCHED]);

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

/** Every visitor has a random cookie, which the tokens are bound to. Of two with its name one was planted, and nothing says which. */
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

function posted({ body, visitor }) {
  return { ...new AuthSession(body), binding: visitor };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const listening = site(process.argv[2]).listen(8080, '127.0.0.1', () => console.log(`http://localhost:${listening.address().port}/`));
}
