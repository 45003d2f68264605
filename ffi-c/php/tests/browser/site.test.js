// The example site, as people use it: PHP's built-in server, the ID-server emulator, and one browser for visitor and phone each.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Visitor as Client, attacks } from "../../../../tests/browser/support/attacks.js";
import { Phone, Visitor, launch, press } from "../../../../tests/browser/support/browser.js";
import { freePort } from "../../../../tests/free-port.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const COMMAND = process.env.COUNTERMARK ?? path("../../../../target/debug/countermark");
const LIBRARY = process.env.COUNTERMARK_LIBRARY ?? path("../../../../target/release/libcountermark.so");

let browser;
let demo;
let processes;
let folder;
let log = "";

before(async () => {
  for (const needed of [COMMAND, LIBRARY]) {
    assert.ok(existsSync(needed), `${needed} is missing: see scripts/test-php`);
  }
  browser = await launch();
  folder = mkdtempSync(join(tmpdir(), "countermark-site-"));
  const emulator = spawn(COMMAND, ["id-server"], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: emulator.stdout }), "line");
  const idServer = JSON.parse(line);
  const port = await freePort();
  const php = spawn(
    "php",
    ["-d", "ffi.enable=true", "-d", `session.save_path=${folder}`, "-S", `127.0.0.1:${port}`, "-t", path("../../examples/site")],
    { env: { ...process.env, ID_SERVER: idServer.server, COUNTERMARK_LIBRARY: LIBRARY }, stdio: ["ignore", "inherit", "pipe"] },
  );
  php.stderr.on("data", (text) => (log += text));
  processes = [emulator, php];
  demo = {
    site: `http://127.0.0.1:${port}`,
    id_server: idServer,
    hosts: new Set([`127.0.0.1:${port}`, new URL(idServer.phone).host]),
    async control(method, to, body) {
      const reply = await fetch(new URL(to, idServer.control), {
        method,
        headers: { authorization: `Bearer ${idServer.token}`, "content-type": "application/json" },
        body: body && JSON.stringify(body),
      });
      assert.ok(reply.ok, `${method} ${to}: ${reply.status}`);
      return reply.json();
    },
  };
  while (!(await fetch(demo.site).catch(() => undefined))) {
    assert.equal(php.exitCode, null, log);
    await new Promise((done) => setTimeout(done, 50));
  }
});

after(async () => {
  await browser?.close();
  for (const process of processes ?? []) {
    process.kill();
    await once(process, "exit");
  }
  rmSync(folder, { recursive: true });
});

attacks(test, () => demo);

/** A login without JavaScript, or with it in `visitor`. */
async function start(id, visitor) {
  visitor ??= await Visitor.open(browser, demo, { javaScriptEnabled: false });
  await visitor.page.goto("/");
  await visitor.page.getByLabel("SecSign ID").fill(id);
  await press(visitor.page, visitor.page.getByRole("button", { name: "Sign in" }));
  return visitor;
}

const confirmed = (visitor) => press(visitor.page, visitor.page.getByRole("button", { name: "I have confirmed" }));

async function assertNotSignedIn(visitor) {
  await visitor.page.goto("/members.php");
  await visitor.heading().getByText("Sign in").waitFor();
}

/** Everything that an action sends, as an attacker would write it. */
async function post(visitor, fields) {
  return visitor.context.request.post("/secsignid.php", { form: fields, maxRedirects: 0 });
}

const fieldsOf = (visitor) =>
  visitor.page.evaluate(() => Object.fromEntries(new FormData(document.querySelector("form"))));

test("accepted: pending, fetched, authenticated, and a new session", async () => {
  const visitor = await start("ALICE ");
  const phone = await Phone.open(browser, demo, "alice");
  const pass = await visitor.pass();
  const before = await visitor.cookie("PHPSESSID");
  await confirmed(visitor);
  await visitor.page.getByRole("status").getByText("Not confirmed yet").waitFor();
  assert.ok(pass.equals(await visitor.pass()), "the same picture again");
  await phone.load();
  await confirmed(visitor);
  await visitor.page.getByRole("status").getByText("Your phone has the request").waitFor();
  const { same } = await phone.compare(pass);
  await phone.tap(same[0]);
  await confirmed(visitor);
  await visitor.heading().getByText("Welcome, alice").waitFor();
  assert.equal(new URL(visitor.page.url()).search, "", "nothing of the login in the address");
  const cookie = await visitor.cookie("PHPSESSID");
  assert.notEqual(cookie.value, before.value, "a login must change the session");
  assert.ok(cookie.httpOnly && cookie.sameSite === "Lax");
  await visitor.page.getByRole("button", { name: "Sign out" }).click();
  await assertNotSignedIn(visitor);
  await phone.close();
  await visitor.close();
});

test("the element follows a login by itself: approved, and denied", async () => {
  const visitor = await start("eve", await Visitor.open(browser, demo));
  await visitor.page.getByText("Waiting for your phone").waitFor();
  assert.equal(await visitor.page.getByRole("button", { name: "I have confirmed" }).count(), 0);
  const before = await visitor.cookie("PHPSESSID");
  const phone = await Phone.open(browser, demo, "eve");
  await phone.load();
  await visitor.page.getByText("Your phone has the request").waitFor();
  const { same } = await phone.compare(await visitor.pass());
  await phone.tap(same[0]);
  await visitor.heading().getByText("Welcome, eve").waitFor();
  assert.notEqual((await visitor.cookie("PHPSESSID")).value, before.value, "a login must change the session");
  await visitor.close();
  await phone.close();

  const denied = await start("refuser", await Visitor.open(browser, demo));
  const other = await Phone.open(browser, demo, "refuser");
  await other.deny();
  await denied.heading().getByText("Login denied").waitFor();
  await assertNotSignedIn(denied);
  await denied.close();
  await other.close();
});

test("the state is told to a form of this visitor only", async () => {
  const visitor = await start("asked");
  const fields = await fieldsOf(visitor);
  const ask = (form) => visitor.context.request.post("/state.php", { form });
  const told = await ask(fields);
  assert.deepEqual([told.status(), await told.json()], [200, { state: "pending", final: false }]);
  assert.equal((await ask({ ...fields, form: "" })).status(), 403);
  assert.equal((await ask({ ...fields, requestid: `${fields.requestid}x` })).status(), 401);
  assert.equal((await visitor.context.request.get("/state.php")).status(), 405);
  await visitor.close();
});

test("denied", async () => {
  const visitor = await start("deny");
  const phone = await Phone.open(browser, demo, "deny");
  await phone.deny();
  await confirmed(visitor);
  await visitor.heading().getByText("Login denied").waitFor();
  await assertNotSignedIn(visitor);
  await phone.close();
  await visitor.close();
});

test("canceled: the request leaves the phone, and the ID can start again", async () => {
  const visitor = await start("cancel");
  await visitor.page.getByRole("button", { name: "Cancel" }).click();
  await visitor.heading().getByText("Login canceled").waitFor();
  const [session] = await demo.control("GET", "sessions?secsignid=cancel");
  assert.equal(session.state_name, "CANCELED");
  await start("cancel", visitor);
  await visitor.heading().getByText("Check your phone").waitFor();
  await visitor.close();
});

test("expired, suspended, invalid: nobody is signed in", async () => {
  for (const [id, action, title] of [["late", "expire", "Time is up"], ["other", "suspend", "Login suspended"], ["void", "8", "No login"]]) {
    const visitor = await start(id);
    const [session] = await demo.control("GET", `sessions?secsignid=${id}`);
    await demo.control("POST", `sessions/${session.authsessionid}`, { action });
    await confirmed(visitor);
    await visitor.heading().getByText(title).waitFor();
    if (action === "suspend") await visitor.page.getByText("activate it again in the app").waitFor();
    await assertNotSignedIn(visitor);
    await visitor.close();
  }
});

test("an approval signs in once", async () => {
  const visitor = await start("once");
  const fields = await fieldsOf(visitor);
  const phone = await Phone.open(browser, demo, "once");
  await phone.confirm(await visitor.pass());
  await confirmed(visitor);
  await visitor.heading().getByText("Welcome, once").waitFor();
  const cookie = await visitor.cookie("PHPSESSID");
  const again = await post(visitor, { ...fields, action: "check" });
  assert.equal(again.headers().location, "/members.php");
  assert.equal((await visitor.cookie("PHPSESSID")).value, cookie.value, "no other session");
  await phone.close();
  await visitor.close();
});

test("edited, foreign and stolen fields open nothing", async () => {
  const visitor = await start("victim");
  const fields = await fieldsOf(visitor);
  const [session] = await demo.control("GET", "sessions?secsignid=victim");
  assert.ok(!JSON.stringify(fields).includes(session.requestid), "the page must not hold the request id");
  const phone = await Phone.open(browser, demo, "victim");
  await phone.confirm(await visitor.pass());
  for (const edit of [
    { secsignid: "admin" },
    { authsessionid: "1" },
    { servicename: "Another" },
    { serviceaddress: "https://evil.example" },
    { requestid: session.requestid },
    { requestid: `${fields.requestid}x` },
    { requestid: "" },
    { "requestid[]": "x", requestid: "" },
  ]) {
    const reply = await post(visitor, { ...fields, ...edit, action: "check" });
    assert.equal(reply.status(), 401, JSON.stringify(edit));
    assert.ok(!(await reply.text()).includes("Welcome"));
  }
  // The same form in another browser.
  const thief = await start("thief");
  const own = await fieldsOf(thief);
  assert.equal((await post(thief, { ...fields, form: own.form, action: "check" })).status(), 401);
  await assertNotSignedIn(thief);
  await thief.close();
  // And the one whom it belongs to gets in.
  await confirmed(visitor);
  await visitor.heading().getByText("Welcome, victim").waitFor();
  await phone.close();
  await visitor.close();
});

const isLogin = (reply) => reply.text.includes("data:image/png;base64,");
const approve = async (id) => {
  const [session] = await demo.control("GET", `sessions?secsignid=${id}`);
  await demo.control("POST", `sessions/${session.authsessionid}`, { action: "approve" });
};

/** Someone who has planted what `attacker` got of the site in the browser of the visitor. */
async function planted() {
  const attacker = new Client(demo.site);
  const own = await attacker.form("/", "mallory");
  return { attacker, own, visitor: attacker.twin() };
}

/** None of the ways in is open to `attacker`, who has these pages. */
async function assertOut(attacker, ...passes) {
  for (const pass of passes) {
    for (const way of ["confirm", "poll"]) {
      const someone = attacker.twin();
      assert.doesNotMatch((await someone[way](pass)).text, /Welcome|approved/);
      assert.doesNotMatch((await someone.ask("/members.php")).text, /Welcome/);
    }
  }
}

test("a login that was begun in a planted session is withdrawn, and not shown to its visitor", async () => {
  const { attacker, own } = await planted();
  own.fields.secsignid = "withdrawn";
  const prepared = await attacker.send(own);
  assert.ok(isLogin(prepared));
  const visitor = attacker.twin();
  const pass = await visitor.begin("/", "withdrawn");
  assert.ok(isLogin(pass), pass.text);
  const states = (await demo.control("GET", "sessions?secsignid=withdrawn")).map(({ state_name }) => state_name);
  assert.deepEqual(states.sort(), ["CANCELED", "PENDING"]);
  await approve("withdrawn");
  await assertOut(attacker, prepared, pass);
  assert.match((await visitor.confirm(pass)).text, /Welcome, withdrawn/);
  await assertOut(attacker, prepared, pass);
});

test("a form of another site begins nothing in a planted session either", async () => {
  for (const site of ["same-site", "cross-site"]) {
    const { own, visitor } = await planted();
    const reply = await visitor.send(own, { "sec-fetch-site": site });
    assert.equal(reply.status, 403, reply.text);
  }
  assert.deepEqual(await demo.control("GET", "sessions?secsignid=mallory"), []);
});

test("a member who comes to the login form is in already", async () => {
  const visitor = new Client(demo.site);
  const pass = await visitor.begin("/", "back");
  await approve("back");
  await visitor.confirm(pass);
  assert.match((await visitor.ask("/")).text, /Welcome, back/);
});

test("the picture is never a posted one", async () => {
  const visitor = await start("picture");
  const pass = await visitor.pass();
  const reply = await post(visitor, { ...(await fieldsOf(visitor)), authsessionicondata: "Zm9yZ2Vk", action: "check" });
  const html = await reply.text();
  assert.ok(html.includes(pass.toString("base64")) && !html.includes("Zm9yZ2Vk"));
  await visitor.close();
});

test("bad IDs, other methods and foreign forms are refused without an inner word", async () => {
  const visitor = await Visitor.open(browser, demo);
  await visitor.page.goto("/");
  const { form } = await fieldsOf(visitor);
  for (const secsignid of ["", " ", "a b", "<script>alert(1)</script>", "x".repeat(300), "аlice"]) {
    const reply = await post(visitor, { form, secsignid, action: "login" });
    assert.ok(reply.status() >= 400, secsignid);
    assert.doesNotMatch(await reply.text(), /<script>|Stack|\.php|Exception/);
  }
  // Bytes that are no text, as no browser sends them.
  for (const [rest, status] of [["action=login&secsignid=%ff", 400], ["secsignid=a&requestid=%ff&authsessionid=1&servicename=%ff&serviceaddress=a", 401]]) {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const reply = await visitor.context.request.post("/secsignid.php", { data: `form=${form}&${rest}`, headers });
    assert.equal(reply.status(), status, rest);
  }
  assert.equal((await post(visitor, { secsignid: "a", action: "login" })).status(), 403);
  assert.equal((await visitor.context.request.get("/secsignid.php?action=login&secsignid=a")).status(), 405);
  assert.equal((await visitor.context.request.get("/members.php?secsignid=admin", { maxRedirects: 0 })).status(), 303);
  await visitor.close();
});

test("a second login for an open ID waits, and the server's faults show no state", async () => {
  const first = await start("busy");
  const second = await start("busy");
  await second.heading().getByText("Sign in failed").waitFor();
  second.expectRefusal(429);
  await demo.control("POST", "faults", [{ request: "state", secsignid: "busy", fault: "html-502", times: 1 }]);
  await confirmed(first);
  await first.heading().getByText("Sign in failed").waitFor();
  first.expectRefusal(502);
  await first.close();
  await second.close();
});

test("every page is whole and says what it is", async () => {
  const visitor = await start("whole");
  const request = visitor.context.request;
  const of = async (reply) => ({ html: await reply.text(), headers: reply.headers() });
  const shown = await visitor.page.reload();
  const pages = {
    "Check your phone": await of(shown),
    "Not here": await of(await request.get("/secsignid.php")),
    "That form is too old": await of(await request.post("/secsignid.php", { form: { action: "login" } })),
    "Sign in": await of(await request.get("/")),
  };
  for (const [title, { html, headers }] of Object.entries(pages)) {
    assert.equal(headers["content-type"], "text/html; charset=utf-8", title);
    assert.ok(html.startsWith(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title} - PHP example</title>`), html);
    assert.ok(html.includes('<meta name="viewport" content="width=device-width, initial-scale=1">'), title);
    assert.ok(html.includes(`<h1>${title}</h1>`), title);
    assert.match(headers["content-security-policy"], /^default-src 'none'; script-src 'self';/);
    assert.doesNotMatch(headers["content-security-policy"], /unsafe/);
    assert.doesNotMatch(html, /<style|style=|<script(?! type="module" src=)|\son\w+=/);
  }
  await visitor.close();
});

test("PHP has written no warning, and the log holds no handle", async () => {
  assert.doesNotMatch(log, /PHP (Warning|Notice|Deprecated|Fatal)/);
  for (const session of await demo.control("GET", "sessions")) {
    assert.ok(!log.includes(session.requestid));
  }
  assert.match(log, /SecSignIDApi request: 1/);
});
