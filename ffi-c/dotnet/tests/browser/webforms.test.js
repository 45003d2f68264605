// The Web Forms sample, as people use it: Mono behind nginx, the ID-server emulator, and a browser.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Visitor, attacks } from "../../../../tests/browser/support/attacks.js";
import { launch, press } from "../../../../tests/browser/support/browser.js";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const COMMAND = process.env.COUNTERMARK ?? path("../../../../target/debug/countermark");
const TOKEN = "web-forms-test-token-2026-11";

let browser;
let emulator;
let site;
const processes = [];

/** Starts a program, and gives the first line that it prints. */
async function start(command, args, env = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
  processes.push(child);
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`${command} ended with ${code}`))),
  ]);
  return line;
}

/** A port that is free, with a free one after it. */
async function freePorts() {
  const listen = async (port) => {
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    return server;
  };
  for (;;) {
    const first = await listen(0);
    const { port } = first.address();
    const second = await listen(port + 1).catch(() => undefined);
    for (const server of [first, second]) {
      if (server) await once(server.close(), "close");
    }
    if (second) return port;
  }
}

async function control(method, to, body) {
  const headers = { authorization: `Bearer ${emulator.token}`, "content-type": "application/json" };
  const reply = await fetch(new URL(to, emulator.control), { method, headers, body: body && JSON.stringify(body) });
  assert.ok(reply.ok, `${method} ${to}: ${reply.status}`);
  return reply.json();
}

before(async () => {
  browser = await launch();
  emulator = JSON.parse(await start(COMMAND, ["id-server"]));
  site = await start(path("../../samples/WebForms/serve"), [String(await freePorts()), emulator.server], { ONELOGIN_TOKEN: TOKEN });
  // Mono compiles each page when it is first asked for.
  for (const page of ["Intern.aspx", "OneLogin.aspx"]) await fetch(`${site}${page}`, { redirect: "manual" });
});

after(async () => {
  await browser?.close();
  for (const child of processes) {
    if (child.exitCode === null) {
      child.kill();
      await once(child, "exit");
    }
  }
});

/** A visitor whose login for `id` has begun. */
async function begin(id) {
  const context = await browser.newContext({ baseURL: site });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  await page.goto("/");
  await page.fill("#SecSignId", id);
  await press(page, page.locator("#Login"));
  await page.waitForSelector("#AccessPass");
  const [session] = (await control("GET", `/sessions?secsignid=${id}`)).slice(-1);
  return { page, context, session };
}

const decide = (session, action) => control("POST", `/sessions/${session.authsessionid}`, { action });
/** What Web Forms and the sample put into the form. */
const hidden = ({ text }) => Object.fromEntries([...text.matchAll(/name="(__\w+)"[^>]* value="([^"]*)"/g)].map(([, name, value]) => [name, value]));
const message = (page) => page.textContent("[role=alert]");

test("the access pass is shown, an approval logs in the ID that the server states", async () => {
  const { page, context, session } = await begin("leonie");
  const picture = page.locator("#AccessPass");
  assert.match(await picture.getAttribute("src"), /^data:image\/png;base64,/);
  assert.ok(await picture.evaluate((image) => image.decode().then(() => image.naturalWidth > 0)));
  await press(page, page.locator("#Check"));
  assert.match(await message(page), /still pending/);
  await decide(session, "fetch");
  await press(page, page.locator("#Check"));
  assert.match(await message(page), /still pending/);
  await decide(session, "approve");
  await press(page, page.locator("#Check"));
  await page.waitForURL(/Intern\.aspx$/);
  assert.equal(await page.textContent("#who"), "leonie");
  const members = await context.request.get("/Intern.aspx");
  assert.match(members.headers()["cache-control"], /no-store/);
  assert.match(members.headers()["content-security-policy"], /frame-ancestors 'none'/);
  await context.close();
});

for (const [action, text] of [
  ["deny", /denied/],
  ["expire", /expired/],
  ["suspend", /suspended.*activate it again in the app/],
  ["wrong-symbol", /denied/],
  ["6", /canceled/],
  ["8", /no longer valid/],
]) {
  test(`a login that ends with ${action} logs nobody in`, async () => {
    const { page, context, session } = await begin(`user-${action}`);
    await decide(session, action);
    await press(page, page.locator("#Check"));
    assert.match(await message(page), text);
    assert.ok(await page.isVisible("#SecSignId"));
    await page.goto("/Intern.aspx");
    assert.match(page.url(), /Default\.aspx/);
    await context.close();
  });
}

test("every page has a heading, and fits a phone", async () => {
  const { page, context, session } = await begin("small");
  const isWhole = async () => {
    assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1, page.url());
    assert.match(await page.getAttribute("meta[name=viewport]", "content"), /width=device-width/);
  };
  await isWhole();
  await decide(session, "approve");
  await press(page, page.locator("#Check"));
  await isWhole();
  await page.goto("/Error.html");
  await isWhole();
  await context.close();
});

test("a canceled login is withdrawn at the server", async () => {
  const { page, context, session } = await begin("cancel-me");
  await press(page, page.locator("#Cancel"));
  assert.match(await message(page), /canceled/);
  const kinds = (await control("GET", "/transcript")).filter((entry) => entry.body?.includes(session.authsessionid)).map((entry) => entry.request);
  assert.equal(kinds.at(-1), "cancel");
  await context.close();
});

test("the page holds nothing of the session", async () => {
  const { page, context, session } = await begin("secret");
  const html = await page.content();
  for (const held of [session.requestid, session.authsessionid]) {
    assert.ok(!html.includes(held));
  }
  const names = await page.$$eval("input[type=hidden]", (fields) => fields.map((field) => field.name));
  assert.deepEqual(names.filter((name) => !name.startsWith("__")), []);
  await context.close();
});

test("an address that names somebody logs nobody in, and faults show no details", async () => {
  const reply = await fetch(`${site}Intern.aspx?secsignid=admin`, { redirect: "manual" });
  assert.equal(reply.status, 302);
  const context = await browser.newContext({ baseURL: site });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  await page.goto("/");
  await page.fill("#SecSignId", "аdmin\n");
  await press(page, page.locator("#Login"));
  assert.ok((await message(page)).length > 0);
  assert.doesNotMatch(await page.content(), /Exception|\.cs|at Countermark/);
  await context.close();
});

test("a OneLogin link logs in once, and only the account whose names are signed", async () => {
  const sign = (fields, token = TOKEN) =>
    execFileSync(COMMAND, ["sign-query", "--profile", "onelogin", "--secret-stdin", ...Object.entries(fields).map((field) => field.join("="))], { input: token, encoding: "utf8" }).trim();
  const jane = { firstname: "Jane", lastname: "Doe", email: "jane.doe@example.com" };
  const link = `${site}OneLogin.aspx?${sign(jane)}`;
  assert.equal((await fetch(link, { method: "HEAD", redirect: "manual" })).status, 405);
  assert.equal((await fetch(link, { headers: { "sec-purpose": "prefetch" }, redirect: "manual" })).status, 503);
  const first = await fetch(link, { redirect: "manual" });
  assert.equal(first.status, 303);
  assert.equal(first.headers.get("location"), "Intern.aspx");
  assert.equal(first.headers.get("referrer-policy"), "no-referrer");
  const intern = await fetch(`${site}Intern.aspx`, { headers: { cookie: first.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ") } });
  assert.match(await intern.text(), /jane\.doe@example\.com/);
  assert.equal((await fetch(link, { redirect: "manual" })).status, 409);
  const shifted = sign({ firstname: "Jan", lastname: "eDoe", email: "jane.doe@example.com" });
  assert.notEqual((await fetch(`${site}OneLogin.aspx?${shifted}`, { redirect: "manual" })).status, 303);
  const forged = sign(jane, "another-token-of-somebody-else");
  const refused = await fetch(`${site}OneLogin.aspx?${forged}`, { redirect: "manual" });
  assert.equal(refused.status, 401);
  assert.doesNotMatch(await refused.text(), /jane|SIGNATURE/);
});

attacks(test, () => ({ site, control }), "/Default.aspx");

test("who asks for another ID leaves no phone ringing, and a server that is away ends no login", async () => {
  const visitor = new Visitor(site);
  const first = await visitor.form("/Default.aspx", "first-id");
  const second = { ...first, fields: { ...first.fields, SecSignId: "second-id" } };
  await visitor.send(first);
  let page = await visitor.send(second);
  const state = async (id) => (await control("GET", `/sessions?secsignid=${id}`))[0].state_name;
  assert.deepEqual([await state("first-id"), await state("second-id")], ["CANCELED", "PENDING"]);
  await control("POST", "/faults", [{ request: "state", secsignid: "second-id", fault: "html-502", times: 1 }]);
  const check = async () => (page = await visitor.send({ to: first.to, fields: { ...hidden(page), Check: "OK" } }));
  assert.match((await check()).text, /AccessPass/);
  assert.match((await check()).text, /still pending/);
  // The form anew is a new visit.
  assert.doesNotMatch((await visitor.ask("/Default.aspx")).text, /AccessPass/);
  assert.equal(await state("second-id"), "CANCELED");
});

test("a form of a tab from before ends no login that another tab has open", async () => {
  const visitor = new Visitor(site);
  const form = await visitor.form("/Default.aspx", "tab-one");
  const before = await visitor.send(form);
  const pass = await visitor.begin("/Default.aspx", "tab-two");
  const state = async () => (await control("GET", "/sessions?secsignid=tab-two"))[0].state_name;
  for (const fields of [{ ...hidden(before), Check: "OK" }, { ...hidden(before), Cancel: "Cancel" }, form.fields]) {
    const { text } = await visitor.send({ to: form.to, fields });
    assert.match(text, /too old.*href="Default\.aspx"/s);
    assert.doesNotMatch(text, /AccessPass|SecSignId/);
    assert.equal(await state(), "PENDING");
  }
  await decide((await control("GET", "/sessions?secsignid=tab-two"))[0], "approve");
  assert.match((await visitor.confirm(pass)).text, /logged in as .*tab-two/);
});

/** Two browsers with the cookies of one: a session that Mono knows, which takes a login, and the cookie of a form. */
async function planted(id) {
  const attacker = new Visitor(site);
  const pass = await attacker.begin("/Default.aspx", id);
  const [session] = await control("GET", `/sessions?secsignid=${id}`);
  await decide(session, "approve");
  assert.match((await attacker.confirm(pass)).text, /logged in as/);
  assert.ok(attacker.cookies.get("ASP.NET_SessionId"));
  attacker.cookies.delete(".MONOAUTH");
  return { attacker, victim: attacker.twin() };
}

test("who planted all cookies of a visitor before gets neither his login nor his approval", async () => {
  const { attacker, victim } = await planted("planter");
  const pass = await victim.begin("/Default.aspx", "planted");
  assert.match(pass.text, /AccessPass/);
  const [session] = await control("GET", "/sessions?secsignid=planted");
  const tries = async (fields) => {
    for (const from of [await attacker.ask("/Default.aspx"), pass]) {
      const reply = await attacker.twin().send({ to: pass.url, fields: { ...hidden(from), ...fields } });
      assert.doesNotMatch(reply.text, /AccessPass|logged in as .*planted/);
    }
  };
  for (const fields of [{ Check: "OK" }, { Cancel: "Cancel" }, { SecSignId: "planted", Login: "Login" }]) await tries(fields);
  assert.equal((await control("GET", "/sessions?secsignid=planted"))[0].state_name, "PENDING");
  await decide(session, "approve");
  await tries({ Check: "OK" });
  const inside = await victim.send({ to: pass.url, fields: { ...hidden(pass), Check: "OK" } });
  assert.match(inside.text, /logged in as .*planted/);
  // The answer, which holds for a moment, and the session of the members' pages are the visitor's alone.
  await tries({ Check: "OK" });
  assert.notEqual(victim.cookies.get("ASP.NET_SessionId"), attacker.cookies.get("ASP.NET_SessionId"));
});

test("a login by link leaves a planted session behind", async () => {
  const { attacker, victim } = await planted("planter-by-link");
  const fields = ["firstname=Jane", "lastname=Doe", "email=jane.doe@example.com"];
  const query = execFileSync(COMMAND, ["sign-query", "--profile", "onelogin", "--secret-stdin", ...fields], { input: TOKEN, encoding: "utf8" }).trim();
  assert.match((await victim.ask(`/OneLogin.aspx?${query}`)).text, /logged in as .*jane\.doe/);
  assert.notEqual(victim.cookies.get("ASP.NET_SessionId"), attacker.cookies.get("ASP.NET_SessionId"));
});

test("the cookie of a login is for this site's requests only, and new with each form", async () => {
  const values = [];
  for (let times = 0; times < 2; times++) {
    const cookies = (await fetch(`${site}Default.aspx`, { headers: { cookie: values.length ? `login=${values[0]}` : "" } })).headers.getSetCookie();
    const [, value, more] = /^login=(\w{32}); (.*)$/.exec(cookies.find((line) => line.startsWith("login=")));
    assert.equal(more, "Path=/; HttpOnly; SameSite=Lax");
    assert.deepEqual(cookies.filter((line) => line.startsWith("ASP.NET_SessionId")), [], "no session before sign-in");
    values.push(value);
  }
  assert.notEqual(values[0], values[1]);
});

test("who is led on, in or out, gets every header and cookie, and no script reads the ticket", async () => {
  const visitor = new Visitor(site);
  /** Presses a button of the page. Where its answer leads, nobody goes. */
  const pressed = async (page, button) => {
    const cookie = [...visitor.cookies].map((pair) => pair.join("=")).join("; ");
    const body = new URLSearchParams({ ...hidden(page), ...button });
    const reply = await fetch(page.url, { method: "POST", body, redirect: "manual", headers: { cookie } });
    assert.equal(reply.status, 303);
    assert.equal(reply.headers.get("referrer-policy"), "no-referrer");
    assert.equal(reply.headers.get("x-content-type-options"), "nosniff");
    assert.match(reply.headers.get("content-security-policy"), /frame-ancestors 'none'/);
    assert.match(reply.headers.get("cache-control"), /no-store/);
    return { to: reply.headers.get("location"), cookies: reply.headers.getSetCookie(), text: (await reply.text()).trim() };
  };
  const pass = await visitor.begin("/Default.aspx", "ticket");
  await decide((await control("GET", "/sessions?secsignid=ticket"))[0], "approve");
  const inside = await pressed(pass, { Check: "OK" });
  assert.deepEqual([inside.to, inside.text], ["Intern.aspx", ""]);
  const [, ticket, more] = /^\.MONOAUTH=([^;]+); (.*)$/.exec(inside.cookies.find((line) => line.startsWith(".MONOAUTH=")));
  assert.equal(more, "Path=/; HttpOnly; SameSite=Lax");
  visitor.cookies.set(".MONOAUTH", ticket);
  const outside = await pressed(await visitor.ask("/Intern.aspx"), { LogOut: "Log out" });
  assert.deepEqual([outside.to, outside.text], ["Default.aspx", ""]);
  assert.ok(outside.cookies.includes("login=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"), `${outside.cookies}`);
});

test("an address alone, with all fields of the form, starts no login", async () => {
  const visitor = new Visitor(site);
  const { to, fields } = await visitor.form("/Default.aspx", "by-address");
  for (const view of [fields.__VIEWSTATE, ""]) await visitor.ask(`${to}?${new URLSearchParams({ ...fields, __VIEWSTATE: view })}`);
  assert.deepEqual(await control("GET", "/sessions?secsignid=by-address"), []);
});

