// What every site with a login must stand, whatever it is built on: plain HTTP, as an attacker or an impatient visitor sends it. The suite
// of each language runs the whole list against its own samples.
import assert from "node:assert/strict";
import { request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

const CLOSED = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/** A browser without eyes: it keeps cookies, and follows redirects within the site. */
export class Visitor {
  constructor(site) {
    this.site = site;
    this.cookies = new Map();
  }

  async ask(path, { method = "GET", body, headers = {}, signal } = {}) {
    const cookie = [...this.cookies].map((pair) => pair.join("=")).join("; ");
    const url = new URL(path, this.site);
    const send = () => fetch(url, { method, body, signal, redirect: "manual", headers: { accept: "text/html", ...(cookie && { cookie }), ...headers } });
    // As browsers do where the server has just closed the connection that was kept, which it does after a refused body.
    const reply = await send().catch((error) => (method === "GET" && CLOSED.has(error.cause?.code) ? send() : Promise.reject(error)));
    for (const line of reply.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    const to = reply.headers.get("location");
    if (to && reply.status < 400) return this.ask(new URL(to, url));
    const text = await reply.text();
    return { status: reply.status, headers: reply.headers, text, url };
  }

  /** The login form as its page has it: where it goes, and its fields with this ID. */
  async form(path, id) {
    const page = await this.ask(path);
    return { page, ...formOf(page, /secsign_?id/i, (name) => (/secsign_?id/i.test(name) ? id : undefined)) };
  }

  /** Presses the button of the page with the access pass. */
  confirm(pass) {
    return this.send(formOf(pass, CONFIRM));
  }

  /** What the script of that page asks; nothing where the page has none, or it is told by events. */
  async poll(pass) {
    const [, address] = /\b(?:poll|data-state)="([^"]+)"/.exec(pass.text) ?? [];
    if (!address) return undefined;
    const { fields } = formOf(pass, CONFIRM);
    return this.ask(new URL(address, pass.url), { method: "POST", body: new URLSearchParams(fields), headers: { accept: "application/json" } });
  }

  /** The same browser, before it has read an answer that is on its way. */
  twin() {
    const twin = new Visitor(this.site);
    twin.cookies = new Map(this.cookies);
    return twin;
  }

  send({ to, fields }, headers, signal) {
    return this.ask(to, { method: "POST", body: new URLSearchParams(fields), headers, signal });
  }

  /** The same with any headers: `fetch` says the host itself. The answer is not read. */
  told({ to, fields }, headers) {
    const body = `${new URLSearchParams(fields)}`;
    const cookie = [...this.cookies].map((pair) => pair.join("=")).join("; ");
    const all = { "content-type": "application/x-www-form-urlencoded", "content-length": body.length, cookie, ...headers };
    return new Promise((resolve, reject) => {
      request(to, { method: "POST", headers: all }, (reply) => reply.resume().on("end", resolve)).on("error", reject).end(body);
    });
  }

  /** Goes to the login page, and sends the form. */
  async begin(path, id) {
    return this.send(await this.form(path, id));
  }
}

const CONFIRM = /I have confirmed|\bOK\b/;

/** The first form that has this in it: where it goes, and its fields; of its buttons the first. */
function formOf(page, having, valueOf = () => undefined) {
  const [, attributes, inside] = [...page.text.matchAll(/<form([^>]*)>([^]*?)<\/form>/g)].find(([, , content]) => having.test(content));
  const value = (tag, name) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
  const fields = {};
  let to = value(attributes, "action");
  for (const [tag] of inside.matchAll(/<(?:input|button)\b[^>]*>/g)) {
    const name = value(tag, "name");
    to = value(tag, "formaction") ?? to;
    // Web Forms has all its buttons in one form.
    if (name && !/^cancel$/i.test(name)) fields[name] = valueOf(name) ?? unescape(value(tag, "value") ?? "");
  }
  return { to: new URL(unescape(to), page.url), fields };
}

const unescape = (text) => text.replaceAll("&quot;", '"').replaceAll("&#x2B;", "+").replaceAll("&amp;", "&");

const picture = ({ text }) => /<img[^>]* src="(data:image\/png;base64,[^"]+)"/.exec(text)?.[1];
const hasPass = (page) => picture(page) !== undefined;
const LEAVE = /(Sign|Log) out/;

const greeting = (id) => new RegExp(`(Welcome|Hello|member|logged in as)\\b.*\\b${id}\\b`);

/** The page of members greets this one. */
function assertSignedIn({ status, text }, id) {
  assert.equal(status, 200, text);
  assert.match(text, greeting(id));
}

function assertHeaders({ headers, url }) {
  const csp = headers.get("content-security-policy") ?? "";
  for (const rule of ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]) assert.ok(csp.includes(rule), `${url}: ${rule} is not in ${csp}`);
  assert.match(csp, /default-src '(none|self)'/);
  assert.doesNotMatch(csp, /unsafe/);
  assert.equal(headers.get("x-content-type-options"), "nosniff", `${url}`);
  assert.match(headers.get("cache-control") ?? "", /no-store/, `${url}`);
  assert.match(headers.get("referrer-policy") ?? "", /^(no-referrer|same-origin)$/, `${url}`);
}

/**
 * @param test of node:test
 * @param where gives, when a test runs, `{site, control}`: the address, and the control API of the ID server as a function of method, path, body
 * @param path the login page
 * @param leaves whether the site has a form to sign out
 */
export function attacks(test, where, path = "/", { leaves = true } = {}) {
  const visitor = () => new Visitor(where().site);
  const sessions = (id) => where().control("GET", `sessions?secsignid=${id}`);
  const asked = async (kind, id) => (await where().control("GET", "transcript")).filter(({ request, body }) => request === kind && `${body?.text ?? body}`.includes(`secsignid=${id}&`)).length;
  const starts = (id) => asked("start", id);
  const approve = async (id) => where().control("POST", `sessions/${(await sessions(id))[0].authsessionid}`, { action: "approve" });

  test("no page of the login is framed, kept, sniffed or told to others", async () => {
    const someone = visitor();
    const { page, ...form } = await someone.form(path, "headers");
    assertHeaders(page);
    const pass = await someone.send(form);
    assert.ok(hasPass(pass), pass.text);
    assertHeaders(pass);
    for (const { text } of [page, pass]) assert.match(text, /<html lang="en"/);
  });

  test("a form that is sent again, at once or by a reload, shows the same login and rings once", async () => {
    const someone = visitor();
    const form = await someone.form(path, " Double ");
    const twice = await Promise.all([someone.send(form), someone.send(form)]);
    for (const reply of [...twice, await someone.send(form)]) assert.ok(hasPass(reply), `${reply.status} ${reply.text}`);
    assert.equal(await starts("double"), 1);
    // The open login is that of its visitor.
    assert.ok(!hasPass(await visitor().begin(path, "double")));
    assert.equal(await starts("double"), 1);
  });

  test("a second click, which ends the first request before its answer, shows that login", async () => {
    const someone = visitor();
    await where().control("POST", "faults", [{ request: "start", secsignid: "click", fault: "reply-stalled", value: "600", times: 1 }]);
    const form = await someone.form(path, "click");
    await assert.rejects(someone.send(form, {}, AbortSignal.timeout(200)), { name: "TimeoutError" });
    const reply = await someone.send(form);
    assert.ok(hasPass(reply), `${reply.status} ${reply.text}`);
    assert.equal(await starts("click"), 1);
  });

  test("a form of another site rings no phone", async () => {
    const attacker = visitor();
    const form = await attacker.form(path, "forged");
    for (const headers of [{ origin: "https://evil.example", "sec-fetch-site": "cross-site" }, { origin: "https://evil.example" }, { origin: "null" }]) {
      // What browsers send along: no cookie.
      const reply = await visitor().send(form, headers);
      assert.ok(!hasPass(reply), `${reply.status} for ${JSON.stringify(headers)}`);
    }
    assert.deepEqual(await sessions("forged"), []);
  });

  test("a form of a neighbour under the same domain, to which the visitor's cookie goes along, rings no phone", async () => {
    const origin = "https://evil.site.example";
    for (const headers of [{ origin, "sec-fetch-site": "same-site" }, { origin }]) {
      const someone = visitor();
      await someone.ask(path);
      // It knows what a form of its own has in it.
      const reply = await someone.send(await visitor().form(path, "neighbour"), headers);
      assert.ok(!hasPass(reply), `${reply.status} for ${JSON.stringify(headers)}`);
    }
    assert.deepEqual(await sessions("neighbour"), []);
  });

  test("who has planted a cookie is not signed in with its visitor, neither before nor after", async () => {
    for (const isFirst of [true, false]) {
      const id = `planted-${isFirst}`;
      const attacker = visitor();
      const own = await attacker.form(path, id);
      const someone = attacker.twin();
      const pass = await someone.begin(path, id);
      assert.ok(hasPass(pass), pass.text);
      // With what was planted, and where the attacker comes by itself: it is not the login of the visitor.
      for (const reply of [await attacker.twin().send(own), await attacker.twin().begin(path, id)]) assert.ok(!hasPass(reply), reply.text);
      await approve(id);
      const isOut = async (inside = { url: path }) => {
        for (const way of ["confirm", "poll"]) {
          const other = attacker.twin();
          assert.doesNotMatch((await other[way](pass))?.text ?? "", greeting(id));
          assert.doesNotMatch((await other.ask(inside.url)).text, greeting(id));
        }
      };
      if (isFirst) await isOut();
      const inside = await someone.confirm(pass);
      assertSignedIn(inside, id);
      await isOut(inside);
    }
  });

  test("a login that was begun under a planted cookie is not shown to its visitor", async () => {
    const attacker = visitor();
    assert.ok(hasPass(await attacker.begin(path, "prepared")));
    const pass = await attacker.twin().begin(path, "prepared");
    assert.ok(!hasPass(pass) || (await starts("prepared")) === 2);
  });

  test("whatever a request says of its host, the phone shows the name and the address of the configuration", async () => {
    const shown = async (id) =>
      (await where().control("GET", "transcript"))
        .map(({ request, body }) => [request, new URLSearchParams(`${body?.text ?? body}`)])
        .filter(([request, fields]) => request === "start" && fields.get("secsignid") === id)
        .map(([, fields]) => [fields.get("servicename"), fields.get("serviceaddress")]);
    assert.ok(hasPass(await visitor().begin(path, "host-own")));
    const own = await shown("host-own");
    assert.ok(own.length === 1 && own[0].every(Boolean), `${own}`);
    const evil = "evil.example&secsignid=admin";
    const told = [["host", "evil.example"], ["host", evil], ["x-forwarded-host", evil], ["forwarded", `host="${evil}"`], ["x-original-host", evil]];
    for (const [at, [name, value]] of told.entries()) {
      const someone = visitor();
      // It may be refused, or lead astray whoever sent it.
      await someone.told(await someone.form(path, `host-${at}`), { [name]: value }).catch(() => {});
      for (const each of await shown(`host-${at}`)) assert.deepEqual(each, own[0], `${name}: ${value}`);
    }
  });

  test("no other method, and no body of another kind, starts a login", async () => {
    const someone = visitor();
    const { to, fields } = await someone.form(path, "method");
    const query = new URL(`${to}?${new URLSearchParams(fields)}`);
    for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]) assert.ok((await someone.ask(query, { method })).status < 500, method);
    for (const type of ["application/json", "text/plain", ""]) {
      const reply = await someone.ask(to, { method: "POST", body: Buffer.from(JSON.stringify(fields)), headers: { "content-type": type } });
      assert.ok(reply.status < 500, `${reply.status} for ${type}`);
    }
    assert.deepEqual(await sessions("method"), []);
  });

  test("a large body is refused, and the site lives on", async () => {
    const someone = visitor();
    const { to, fields } = await someone.form(path, "large");
    const body = `${new URLSearchParams(fields)}&more=${"x".repeat(3 << 20)}`;
    // Where the connection is closed before all is sent, there may be no answer to read.
    const reply = await someone.ask(to, { method: "POST", body, headers: { "content-type": "application/x-www-form-urlencoded" } }).catch(() => ({ status: 413 }));
    assert.ok(reply.status >= 400 && reply.status < 500, `${reply.status}`);
    assert.deepEqual(await sessions("large"), []);
    assert.equal((await someone.ask(path)).status, 200);
  });

  for (const [name, beside] of [["a second click", "confirm"], ["what the page asks by itself", "poll"]]) {
    test(`a click and ${name}, at once or one after the other: whichever answer is read, the visitor is signed in`, async () => {
      const id = `beside-${beside}`;
      const someone = visitor();
      const pass = await someone.begin(path, id);
      await approve(id);
      const other = someone.twin();
      const [reply, besides] = await Promise.all([someone.confirm(pass), other[beside](pass)]);
      assertSignedIn(reply, id);
      if (besides && beside === "poll") {
        const { state, final, next } = JSON.parse(besides.text);
        assert.deepEqual([state, final], ["approved", true]);
        // Without a page to go to, it sends the form.
        assertSignedIn(next ? await other.ask(next) : await other.confirm(pass), id);
      } else if (besides) assertSignedIn(besides, id);
      // The first answer was read, and its page is not there yet.
      assertSignedIn(await someone.confirm(pass), id);
      // Nobody else's browser is let in by that form.
      assert.doesNotMatch((await visitor().confirm(pass)).text, greeting(id));
    });
  }

  test("however often a visitor or its page asks, the ID server is asked twice a second", async () => {
    for (const [way, fault] of [["confirm"], ["confirm", "html-502"], ["poll"], ["poll", "html-502"]]) {
      const id = `often-${way}-${fault}`;
      if (fault) await where().control("POST", "faults", [{ request: "state", secsignid: id, fault, times: 100 }]);
      const someone = visitor();
      const pass = await someone.begin(path, id);
      const from = Date.now();
      for (let times = 0; times < 5; times++) await Promise.all(Array.from({ length: 5 }, () => someone[way](pass)));
      const most = 2 + (Date.now() - from) / 500;
      const questions = await asked("state", id);
      assert.ok(questions <= most, `${questions} questions, and not ${most}`);
      assert.ok(questions > 0 || (way === "poll" && !(await someone.poll(pass))), "it is asked");
    }
  });

  if (leaves) {
    test("a visitor is signed out by the site's own form, not by an address nor by another site", async () => {
      const someone = visitor();
      const pass = await someone.begin(path, "leaver");
      await approve("leaver");
      const inside = await someone.confirm(pass);
      const form = formOf(inside, LEAVE);
      const isIn = async () => assertSignedIn(await someone.ask(inside.url), "leaver");
      for (const method of ["GET", "HEAD"]) await someone.twin().ask(new URL(`${form.to}?${new URLSearchParams(form.fields)}`), { method });
      await isIn();
      // Another site knows none of the fields that only this visitor's page has.
      for (const headers of [{ origin: "https://evil.example", "sec-fetch-site": "cross-site" }, { origin: "https://evil.example" }, { origin: "null" }]) {
        await someone.twin().send({ to: form.to, fields: {} }, headers);
        await isIn();
      }
      const before = [...someone.cookies];
      await someone.send(form);
      assert.doesNotMatch((await someone.ask(inside.url)).text, greeting("leaver"));
      assert.deepEqual(before.filter(([name, value]) => someone.cookies.get(name) === value && !/csrf/i.test(name)), [], "a new session");
      // Nor does the approval let in once more, which was given a moment ago.
      assert.doesNotMatch((await someone.confirm(pass)).text, greeting("leaver"));
    });
  }

  test("an approval whose answer is lost on its way signs in the same browser, which asks again much later, and no other", async () => {
    const lost = [];
    for (const way of ["confirm", "poll"]) {
      const someone = visitor();
      const pass = await someone.begin(path, `lost-${way}`);
      await approve(`lost-${way}`);
      if (way === "confirm") await someone.told(formOf(pass, CONFIRM), {});
      else await someone.twin().poll(pass);
      lost.push({ someone, pass });
    }
    // A page in the background sleeps, and one that has no network asks ever more seldom.
    await pause(7000);
    for (const { someone, pass } of lost) {
      assert.doesNotMatch((await visitor().confirm(pass)).text, greeting("lost-.*"));
      const news = await someone.twin().poll(pass);
      if (news) assert.equal(JSON.parse(news.text).state, "approved", news.text);
    }
    for (const [at, way] of ["confirm", "poll"].entries()) assertSignedIn(await lost[at].someone.confirm(lost[at].pass), `lost-${way}`);
  });

  test("who goes back while a login is only beginning can begin again", async () => {
    const someone = visitor();
    await where().control("POST", "faults", [{ request: "start", secsignid: "back", fault: "reply-stalled", value: "1000", times: 1 }]);
    const form = await someone.form(path, "back");
    await assert.rejects(someone.send(form, {}, AbortSignal.timeout(300)), { name: "TimeoutError" });
    const pass = await someone.begin(path, "back");
    assert.ok(hasPass(pass), `${pass.status} ${pass.text}`);
    await approve("back");
    assertSignedIn(await someone.confirm(pass), "back");
  });

  test("a browser that fetches the login page ahead, which nobody has asked for, leaves the open login as it is", async () => {
    const someone = visitor();
    const pass = await someone.begin(path, "ahead");
    for (const purpose of ["prefetch", "prefetch;prerender", "prefetch;anonymous-client-ip"]) await someone.ask(path, { headers: { "sec-purpose": purpose } });
    await approve("ahead");
    assertSignedIn(await someone.confirm(pass), "ahead");
  });

  if (leaves) {
    test("once a visitor is signed out, what the browser had before lets nobody in", async () => {
      const someone = visitor();
      const pass = await someone.begin(path, "again");
      await approve("again");
      const before = [someone.twin(), someone.twin()];
      const inside = await someone.confirm(pass);
      assertSignedIn(inside, "again");
      await someone.send(formOf(inside, LEAVE));
      for (const [at, way] of ["poll", "confirm"].entries()) {
        assert.doesNotMatch((await before[at][way](pass))?.text ?? "", greeting("again"));
        assert.doesNotMatch((await before[at].ask(inside.url)).text, greeting("again"));
      }
    });
  }

  test("a login that the ID server has forgotten is shown no more", async () => {
    const someone = visitor();
    const pass = await someone.begin(path, "forgotten");
    assert.ok(hasPass(pass));
    await where().control("POST", "faults", [{ request: "state", secsignid: "forgotten", fault: "gone", times: 1 }]);
    assert.ok(!hasPass(await someone.confirm(pass)));
    // Until the time of the lost one is over, the ID may be busy.
    const again = await someone.begin(path, "forgotten");
    assert.notEqual(picture(again), picture(pass));
  });

  test("what goes wrong is a page without an inner word", async () => {
    for (const [id, fault] of [["away", "html-502"], ["ice", "frozen"], ["nobody", "unknown"], ['"><script>alert(1)</script>', undefined]]) {
      if (fault) await where().control("POST", "faults", [{ request: "start", secsignid: id, fault, times: 1 }]);
      const reply = await visitor().begin(path, id);
      assert.match(reply.headers.get("content-type"), /^text\/html/, id);
      // ASP.NET refuses markup in a field itself, with a page of its own.
      if (fault) assertHeaders(reply);
      assert.doesNotMatch(reply.text, /<script>alert|Exception|Traceback|\b(HTTP_STATUS|MISSING_FIELD|PROTOCOL)\b| at [A-Z]\w+\./);
      assert.match(reply.text, /role="alert"|<h1/, id);
    }
  });
}
