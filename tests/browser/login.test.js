// Logins as people do them: one browser is the site's visitor, another one is the phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Phone, Visitor, launch } from "./support/browser.js";
import { Demo } from "./support/demo.js";

let browser;
let demo;

before(async () => {
  [browser, demo] = await Promise.all([launch(), Demo.start()]);
});

after(async () => {
  await browser?.close();
  if (demo) {
    assert.equal(await demo.stop(), 0);
  }
});

async function visitorAndPhone(id, options) {
  const visitor = await Visitor.open(browser, demo, options);
  await visitor.startAndSeePass(id);
  return { visitor, phone: await Phone.open(browser, demo, id) };
}

test("accepted: the same symbol on the phone opens the members' page", async () => {
  const { visitor, phone } = await visitorAndPhone("accept");
  const before = await visitor.cookie("countermark_visitor");
  await phone.load();
  await visitor.page.getByRole("status").getByText("Your phone has the request").waitFor();
  const { same } = await phone.compare(await visitor.pass());
  await phone.tap(same[0]);

  await visitor.heading().getByText("Welcome, accept").waitFor();
  assert.equal(new URL(visitor.page.url()).pathname, "/members");
  const after = await visitor.cookie("countermark_visitor");
  assert.notEqual(after.value, before.value, "a login must change the session's name");
  assert.ok(after.httpOnly && after.sameSite === "Lax");
  assert.equal(await visitor.cookie("countermark_login"), undefined);

  // The session lasts, ends with the logout, and the old cookie does not bring it back.
  await visitor.page.reload();
  await visitor.heading().getByText("Welcome, accept").waitFor();
  await visitor.page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
  await visitor.heading().getByText("Sign in").waitFor();
  await visitor.context.addCookies([{ name: after.name, value: after.value, url: demo.site }]);
  await visitor.page.goto("/members");
  await visitor.heading().getByText("Sign in").waitFor();
  await phone.close();
  await visitor.close();
});

test("denied on the phone", async () => {
  const { visitor, phone } = await visitorAndPhone("deny");
  await phone.deny();
  await visitor.heading().getByText("Login denied").waitFor();
  await assertNotSignedIn(visitor);
  await phone.close();
  await visitor.close();
});

test("a wrong symbol signs nobody in", async () => {
  const { visitor, phone } = await visitorAndPhone("wrong");
  await phone.load();
  const { others } = await phone.compare(await visitor.pass());
  await phone.tap(others[0]);
  await visitor.heading().getByText("Login denied").waitFor();
  await assertNotSignedIn(visitor);
  await phone.close();
  await visitor.close();
});

test("canceled on the page: the request leaves the phone", async () => {
  const { visitor, phone } = await visitorAndPhone("cancel");
  await visitor.page.getByRole("button", { name: "Cancel" }).click();
  await visitor.heading().getByText("Login canceled").waitFor();
  const [session] = await demo.sessions("cancel");
  assert.equal(session.state_name, "CANCELED");
  await phone.page.reload();
  await phone.page.getByText("No request is waiting").first().waitFor();
  await assertNotSignedIn(visitor);

  // After a cancel the same ID can start again at once.
  await visitor.startAndSeePass("cancel");
  await visitor.page.getByRole("button", { name: "Cancel" }).click();
  await visitor.heading().getByText("Login canceled").waitFor();
  await phone.close();
  await visitor.close();
});

test("expired after two minutes of the server's time", async () => {
  const visitor = await Visitor.open(browser, demo);
  await visitor.startAndSeePass("late");
  await demo.advance(120_000);
  await visitor.heading().getByText("Time is up").waitFor();
  await assertNotSignedIn(visitor);
  await visitor.close();
});

test("two browsers at once for one ID: the second waits, and the ID is not frozen", async () => {
  const { visitor, phone } = await visitorAndPhone("twice");
  const second = await Visitor.open(browser, demo);
  await second.start("twice");
  await second.page.getByRole("alert").getByText("already open").waitFor();
  assert.equal((await demo.requests("ReqRequestAuthSession", "twice")).length, 1);
  second.expectRefusal(429);

  await phone.confirm(await visitor.pass());
  await visitor.heading().getByText("Welcome, twice").waitFor();
  await second.startAndSeePass("twice");
  await second.page.getByRole("button", { name: "Cancel" }).click();
  await second.heading().getByText("Login canceled").waitFor();
  for (const one of [phone, visitor, second]) {
    await one.close();
  }
});

test("a stolen handle opens nothing for another visitor", async () => {
  const { visitor, phone } = await visitorAndPhone("victim");
  const handle = await visitor.cookie("countermark_login");
  const thief = await Visitor.open(browser, demo);
  await thief.startAndSeePass("thief");
  await thief.context.addCookies([{ name: handle.name, value: handle.value, url: demo.site }]);
  await phone.confirm(await visitor.pass());
  await visitor.heading().getByText("Welcome, victim").waitFor();

  const stream = await thief.context.request.get("/login/events");
  assert.equal(stream.status(), 404);
  await thief.page.goto("/login/wait");
  await thief.page.getByRole("button", { name: "I have confirmed" }).click();
  await thief.heading().getByText("No login here").waitFor();
  await assertNotSignedIn(thief);
  thief.expectRefusal(404);
  for (const one of [phone, visitor, thief]) {
    await one.close();
  }
});

test("without JavaScript: a button follows the login", async () => {
  const { visitor, phone } = await visitorAndPhone("noscript", { javaScriptEnabled: false });
  await visitor.page.getByRole("button", { name: "I have confirmed" }).click();
  await visitor.page.getByRole("status").getByText("Not confirmed yet").waitFor();
  await phone.confirm(await visitor.pass());
  await visitor.page.getByRole("button", { name: "I have confirmed" }).click();
  await visitor.heading().getByText("Welcome, noscript").waitFor();
  await visitor.page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
  await visitor.heading().getByText("Sign in").waitFor();
  await phone.close();
  await visitor.close();
});

test("with the keyboard alone", async () => {
  const visitor = await Visitor.open(browser, demo);
  const focused = () => visitor.page.evaluate(() => document.activeElement.textContent.trim());
  await visitor.page.goto("/");
  await visitor.page.waitForFunction(() => document.activeElement.id === "secsignid");
  await visitor.page.keyboard.type("keys");
  await visitor.page.keyboard.press("Enter");
  await visitor.heading().getByText("Check your phone").waitFor();
  await visitor.page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to content");
  await visitor.page.keyboard.press("Enter");
  await visitor.page.waitForFunction(() => location.hash === "#main");
  await visitor.page.keyboard.press("Tab");
  assert.equal(await focused(), "Cancel");

  const phone = await Phone.open(browser, demo, "keys");
  await phone.confirm(await visitor.pass());
  await visitor.heading().getByText("Welcome, keys").waitFor();
  while ((await focused()) !== "Sign out") {
    await visitor.page.keyboard.press("Tab");
  }
  await visitor.page.keyboard.press("Enter");
  await visitor.heading().getByText("Sign in").waitFor();
  await phone.close();
  await visitor.close();
});

test("a reload shows the same access pass and starts nothing", async () => {
  const visitor = await Visitor.open(browser, demo);
  await visitor.startAndSeePass("reload");
  const pass = await visitor.pass();
  await visitor.page.reload();
  assert.ok(pass.equals(await visitor.pass()));
  assert.equal((await demo.requests("ReqRequestAuthSession", "reload")).length, 1);
  // The form again is a new visit, to which no login of the old one belongs.
  await visitor.startAndSeePass("reload");
  const states = (await demo.sessions("reload")).map(({ state_name }) => state_name);
  assert.deepEqual(states.sort(), ["CANCELED", "PENDING"]);
  await visitor.close();
});

test("a page whose login another tab has replaced says so, and shows nothing of that one", async () => {
  const visitor = await Visitor.open(browser, demo);
  await visitor.startAndSeePass("tabs");
  const old = visitor.page;
  visitor.page = await visitor.context.newPage();
  await visitor.startAndSeePass("tabs");
  await old.getByRole("status").getByText("Another login has replaced this one").waitFor();
  const phone = await Phone.open(browser, demo, "tabs");
  await phone.load();
  await visitor.page.getByRole("status").getByText("Your phone has the request").waitFor();
  await old.getByRole("status").getByText("Another login has replaced this one").waitFor();
  await visitor.page.getByRole("button", { name: "Cancel" }).click();
  await visitor.heading().getByText("Login canceled").waitFor();
  await old.getByRole("heading", { level: 1, name: "Check your phone" }).waitFor();
  await phone.close();
  await visitor.close();
});

test("the ID server is away for a moment: the page waits on", async () => {
  const { visitor, phone } = await visitorAndPhone("patience");
  await demo.control("POST", "faults", [{ request: "state", secsignid: "patience", fault: "html-502", times: 2 }]);
  await phone.confirm(await visitor.pass());
  await visitor.heading().getByText("Welcome, patience").waitFor();
  await phone.close();
  await visitor.close();
});

async function assertNotSignedIn(visitor) {
  await visitor.page.goto("/members");
  await visitor.heading().getByText("Sign in").waitFor();
  assert.equal(new URL(visitor.page.url()).pathname, "/");
}
