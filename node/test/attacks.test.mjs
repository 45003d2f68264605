// The sample sites against what every login site must stand.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { Visitor, attacks } from '../../tests/browser/support/attacks.js';
import { site as elementSite } from '../examples/login-element/site.mjs';
import { site as loginSite } from '../examples/login-site/site.mjs';
import { idServer, listen } from './support.mjs';

const SITES = { shim: loginSite, element: (server) => elementSite({ server, follow: 'poll' }) };

/** The first form of a page: where it goes, and what is hidden in it. */
function formOf(html) {
  const [, to, inside] = /<form method="post" action="([^"]+)"[^>]*>([^]*?)<\/form>/.exec(html);
  return { to, fields: Object.fromEntries([...inside.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value])) };
}

for (const [name, site] of Object.entries(SITES)) {
  describe(name, () => {
    let idp;
    let web;
    before(async () => {
      idp = await idServer();
      web = await listen(createServer(site(idp.server)));
    });
    after(async () => {
      await web?.close();
      await idp?.stop();
    });
    attacks(test, () => ({ site: web.url, control: idp.control }));

    /** The form for an ID, and the cookie that comes with it. */
    const opened = async (headers) => {
      const reply = await fetch(web.url, { headers });
      return { ...formOf(await reply.text()), cookie: reply.headers.getSetCookie().at(-1).split(';')[0] };
    };
    const send = ({ to, fields }, cookie, headers) =>
      fetch(web.url + to, { method: 'POST', body: new URLSearchParams(fields), headers: { cookie, ...headers }, redirect: 'manual' });
    const starts = async (id) => (await idp.control('GET', `sessions?secsignid=${id}`)).length;

    test('a cookie that a sibling host has planted beside that of the visitor begins no login, whichever comes first', async () => {
      const attacker = await opened();
      const visitor = await opened({ cookie: attacker.cookie });
      assert.notEqual(visitor.cookie, attacker.cookie);
      for (const [at, cookies] of [[attacker, visitor], [visitor, attacker]].entries()) {
        const id = `beside-${at}`;
        const cookie = cookies.map(({ cookie }) => cookie).join('; ');
        const form = { to: visitor.to, fields: { ...visitor.fields, secsignid: id } };
        assert.equal((await send(form, cookie)).status, 400);
        assert.equal((await fetch(web.url, { headers: { cookie } })).status, 400);
        assert.equal(await starts(id), 0);
      }
    });

    test('a form that was made for one cookie is refused with another, and without its token', async () => {
      const [attacker, visitor] = [await opened(), await opened()];
      const fields = { ...visitor.fields, secsignid: 'token' };
      for (const sent of [fields, { secsignid: 'token' }, { ...fields, form: '' }, [...Object.entries(fields), ['form', 'x']]]) {
        assert.equal((await send({ to: visitor.to, fields: sent }, sent === fields ? attacker.cookie : visitor.cookie)).status, 403);
      }
      assert.equal(await starts('token'), 0);
      assert.ok((await send({ to: visitor.to, fields }, visitor.cookie)).status < 400);
    });

    test('over https the cookie has the prefix that no other host can set', async (t) => {
      const app = site(idp.server).set('trust proxy', true);
      const secure = await listen(createServer(app));
      t.after(secure.close);
      const headers = { 'x-forwarded-proto': 'https' };
      const [plain, first] = [await opened(), await fetch(secure.url, { headers })];
      const cookie = first.headers.getSetCookie().at(-1);
      assert.match(cookie, /^__Host-visitor=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
      // One of the other name is none.
      const again = await fetch(secure.url, { headers: { ...headers, cookie: `${plain.cookie}; ${cookie.split(';')[0]}` } });
      assert.equal(again.status, 200);
    });

    test('the end of a login, told once more, does not end the one that was begun since', async () => {
      const visitor = new Visitor(web.url);
      const form = await visitor.form('/', 'since');
      const denied = await visitor.send(form);
      const [{ authsessionid }] = await idp.control('GET', 'sessions?secsignid=since');
      await idp.control('POST', `sessions/${authsessionid}`, { action: 'deny' });
      assert.equal((await visitor.confirm(denied)).status, 403);
      const pass = await visitor.send(form);
      // A reload of the page that said no.
      await visitor.confirm(denied);
      const again = await visitor.send(form);
      assert.equal(/data:image[^"]+/.exec(again.text)?.[0], /data:image[^"]+/.exec(pass.text)[0]);
    });

    if (name !== 'element') return;
    const posted = (visitor, to, page) => visitor.send({ to, fields: formOf(page.text).fields });
    const state = async (id) => (await idp.control('GET', `sessions?secsignid=${id}`))[0].state_name;

    test('who asks for another ID, or signs out, leaves no phone ringing', async () => {
      const visitor = new Visitor(web.url);
      await visitor.begin('/', 'first');
      const pass = await visitor.begin('/', 'second');
      assert.deepEqual([await state('first'), await state('second')], ['CANCELED', 'PENDING']);
      await posted(visitor, '/logout', pass);
      assert.equal(await state('second'), 'CANCELED');
    });

    test('a suspended login says where to look', async () => {
      const visitor = new Visitor(web.url);
      const pass = await visitor.begin('/', 'frozen');
      const [{ authsessionid }] = await idp.control('GET', 'sessions?secsignid=frozen');
      await idp.control('POST', `sessions/${authsessionid}`, { action: 'suspend' });
      assert.match((await posted(visitor, '/login/check', pass)).text, /suspended\. .* activate it again in the app\./);
    });

    test('a login that the ID server has forgotten ends, and the visitor may begin again', async () => {
      const visitor = new Visitor(web.url);
      const pass = await visitor.begin('/', 'lost');
      await idp.control('POST', 'faults', [{ request: 'state', secsignid: 'lost', fault: 'gone', times: 1 }]);
      const { text } = await posted(visitor, '/login/state', pass);
      assert.deepEqual(JSON.parse(text), { state: 'failed', final: true });
      assert.equal((await posted(visitor, '/login/check', pass)).status, 403);
    });
  });
}
