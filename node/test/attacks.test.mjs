// The sample sites against what every login site must stand.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { Visitor, attacks } from '../../tests/browser/support/attacks.js';
import { site as elementSite } from '../examples/login-element/site.mjs';
import { site as loginSite } from '../examples/login-site/site.mjs';
import { idServer, listen } from './support.mjs';

const SITES = { shim: loginSite, element: (server) => elementSite({ server, follow: 'poll' }) };

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

    if (name !== 'element') return;
    const state = async (id) => (await idp.control('GET', `sessions?secsignid=${id}`))[0].state_name;

    test('who asks for another ID, or signs out, leaves no phone ringing', async () => {
      const visitor = new Visitor(web.url);
      await visitor.begin('/', 'first');
      await visitor.begin('/', 'second');
      assert.deepEqual([await state('first'), await state('second')], ['CANCELED', 'PENDING']);
      await visitor.send({ to: '/logout', fields: {} });
      assert.equal(await state('second'), 'CANCELED');
    });

    test('a login that the ID server has forgotten ends, and the visitor may begin again', async () => {
      const visitor = new Visitor(web.url);
      await visitor.begin('/', 'lost');
      await idp.control('POST', 'faults', [{ request: 'state', secsignid: 'lost', fault: 'gone', times: 1 }]);
      const { text } = await visitor.send({ to: '/login/state', fields: {} });
      assert.deepEqual(JSON.parse(text), { state: 'failed', final: true });
      assert.equal((await visitor.send({ to: '/login/check', fields: {} })).status, 403);
    });
  });
}
