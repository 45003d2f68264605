// <countermark-login> on the Express example, through whole logins: one browser is the visitor, another one is the phone.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { accessibility } from "./support/axe.js";
import { Phone, Visitor, launch, press } from "../browser/support/browser.js";
import { Demo } from "../browser/support/demo.js";

const runner = fileURLToPath(new URL("./support/element-site.mjs", import.meta.url));

let browser;
let demo;
const sites = {};

/** The example as a process of its own: it asks the ID server of the demo. */
async function start(follow) {
  const child = spawn(process.execPath, [runner, demo.id_server.server, follow], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return { url: line, child };
}

before(async () => {
  [browser, demo] = await Promise.all([launch(), Demo.start()]);
  for (const follow of ["events", "poll"]) sites[follow] = await start(follow);
});

after(async () => {
  await browser?.close();
  for (const { child } of Object.values(sites)) child.kill();
  await demo?.stop();
});

/** A visitor of the example; he may ask no host but it. */
async function waitingVisitor(id, follow = "events", options = {}) {
  const site = { site: sites[follow].url, hosts: new Set([new URL(sites[follow].url).host]) };
  const visitor = await Visitor.open(browser, site, options);
  await visitor.page.goto("/");
  await visitor.page.getByLabel("SecSign ID").fill(id);
  await visitor.page.getByRole("button", { name: "Log in" }).click();
  await visitor.page.getByRole("heading", { name: "Check your phone" }).waitFor();
  return visitor;
}

const element = (visitor) => visitor.page.locator("countermark-login");
const status = (visitor, text) => element(visitor).getByRole("status").getByText(text).waitFor();

for (const follow of ["events", "poll"]) {
  test(`approved, by ${follow}: the page follows by itself`, async () => {
    const visitor = await waitingVisitor(`ok-${follow}`, follow);
    await status(visitor, "Waiting for your phone");
    assert.equal(await visitor.page.getByRole("button", { name: "I have confirmed" }).isVisible(), false, "only without JavaScript");
    const states = visitor.page.evaluate(
      () => new Promise((resolve) => document.addEventListener("countermark-state", ({ detail }) => detail.state === "fetched" && resolve(detail))),
    );
    const phone = await Phone.open(browser, demo, `ok-${follow}`);
    await phone.load();
    await status(visitor, "Your phone has the request");
    assert.deepEqual(await states, { state: "fetched", final: false });
    const { same } = await phone.compare(await visitor.pass());
    await phone.tap(same[0]);
    await visitor.heading().getByText("Welcome").waitFor();
    await visitor.page.getByText(`logged in as ok-${follow}`).waitFor();
    await phone.close();
    await visitor.close();
  });
}

test("denied on the phone", async () => {
  const visitor = await waitingVisitor("no");
  const phone = await Phone.open(browser, demo, "no");
  await phone.deny();
  await visitor.page.getByRole("alert").getByText("denied").waitFor();
  visitor.expectRefusal(403);
  await phone.close();
  await visitor.close();
});

test("canceled with the keyboard alone: the request leaves the phone", async () => {
  const visitor = await waitingVisitor("cancel");
  await status(visitor, "Waiting");
  await visitor.page.keyboard.press("Tab");
  assert.equal(await visitor.page.evaluate(() => document.activeElement.textContent), "Cancel");
  await visitor.page.keyboard.press("Enter");
  await visitor.page.getByRole("alert").getByText("canceled").waitFor();
  const [session] = await demo.sessions("cancel");
  assert.equal(session.state_name, "CANCELED");
  await visitor.close();
});

test("expired after two minutes of the server's time", async () => {
  const visitor = await waitingVisitor("late");
  await status(visitor, "Waiting");
  await demo.advance(120_000);
  await visitor.page.getByRole("alert").getByText("expired").waitFor();
  visitor.expectRefusal(403);
  await visitor.close();
});

test("without JavaScript the page's own forms do", async () => {
  const visitor = await waitingVisitor("noscript", "events", { javaScriptEnabled: false });
  const phone = await Phone.open(browser, demo, "noscript");
  await phone.confirm(await visitor.pass());
  await visitor.page.getByRole("button", { name: "I have confirmed" }).click();
  await visitor.heading().getByText("Welcome").waitFor();
  await phone.close();
  await visitor.close();
});

/** What the live region says from now on. */
async function listen(visitor) {
  await element(visitor).evaluate((login) => {
    const said = login.shadowRoot.querySelector("[part=text]");
    window.said = [];
    new MutationObserver(() => window.said.push(said.textContent)).observe(said, { childList: true });
  });
  return () => visitor.page.evaluate(() => window.said);
}

test("a dead network is told of once, and what was shown before comes back with it", async () => {
  const visitor = await waitingVisitor("dead", "poll");
  await status(visitor, "Waiting for your phone");
  const said = await listen(visitor);
  let failed = 0;
  visitor.page.on("requestfailed", () => failed++);
  await visitor.context.setOffline(true);
  await status(visitor, "The connection is lost, trying again");
  assert.equal(await element(visitor).getAttribute("state"), "lost");
  assert.equal(await visitor.page.getByRole("button", { name: "I have confirmed" }).isVisible(), false, "it goes on");
  await accessibility.check(visitor.page);
  const before = failed;
  while (failed === before) await visitor.page.waitForTimeout(100);
  await visitor.context.setOffline(false);
  await status(visitor, "Waiting for your phone");
  assert.deepEqual(await said(), ["The connection is lost, trying again", "Waiting for your phone"]);
  assert.equal(await element(visitor).getAttribute("state"), "pending");
  visitor.faults = visitor.faults.filter((fault) => !fault.includes("net::ERR_INTERNET_DISCONNECTED"));
  await visitor.close();
});

test("a question that stays without an answer tells of it in the page's own words; one that fails for a moment tells nothing", async () => {
  const visitor = await waitingVisitor("mute", "poll");
  await status(visitor, "Waiting for your phone");
  const said = await listen(visitor);
  const phone = await Phone.open(browser, demo, "mute");
  await element(visitor).evaluate((login) => login.setAttribute("text-lost", "Keine Verbindung"));
  const failing = visitor.page.waitForResponse((response) => response.status() === 503);
  await visitor.page.route("**/login/state", (route) => route.fulfill({ status: 503 }), { times: 1 });
  await failing;
  await phone.load();
  await status(visitor, "Your phone has the request");
  let held;
  await visitor.page.route("**/login/state", (route) => void (held = route), { times: 1 });
  await status(visitor, "Keine Verbindung");
  await held.continue();
  await status(visitor, "Your phone has the request");
  assert.deepEqual(await said(), ["Your phone has the request", "Keine Verbindung", "Your phone has the request"]);
  visitor.expectRefusal(503);
  await phone.close();
  await visitor.close();
});

test("a stream that is not there again tells of it, until it opens", async () => {
  const visitor = await waitingVisitor("dry");
  await visitor.page.addInitScript(() => {
    window.said = [];
    new MutationObserver(([{ target }]) => {
      const text = target.shadowRoot.querySelector("[part=text]").textContent;
      if (window.said.at(-1) !== text) window.said.push(text);
    }).observe(document, { subtree: true, attributeFilter: ["state"] });
  });
  const said = async (count) => {
    await visitor.page.waitForFunction((count) => window.said.length >= count, count);
    return visitor.page.evaluate((count) => window.said.slice(0, count), count);
  };
  const events = (body) => ({ contentType: "text/event-stream", body });
  const asked = [];
  await visitor.page.route("**/login/events", (route) => {
    asked.push(route);
    // The second one is without an answer for now.
    if (asked.length === 1) return route.fulfill(events('retry: 100\n\nevent: state\ndata: {"state": "fetched", "final": false}\n\n'));
  });
  await visitor.page.reload();
  const before = ["Waiting for your phone", "Your phone has the request", "The connection is lost, trying again"];
  assert.deepEqual(await said(3), before);
  for (let tries = 0; tries < 3000 && asked.length < 2; tries++) await visitor.page.waitForTimeout(20);
  assert.equal(asked.length, 2);
  // It opens before it has news.
  await asked[1].fulfill(events("retry: 60000\n\n"));
  assert.deepEqual(await said(4), [...before, "Your phone has the request"]);
  await visitor.close();
});

test("where the state cannot be had, the button comes back", async () => {
  const visitor = await waitingVisitor("lost");
  await status(visitor, "Waiting");
  // The login is gone at the service, as after its restart.
  await visitor.page.context().clearCookies();
  await visitor.page.evaluate(() => {
    const login = document.querySelector("countermark-login");
    const { parentNode } = login;
    login.remove();
    parentNode.append(login);
  });
  await status(visitor, "Confirm on your phone, then press the button");
  await visitor.page.getByRole("button", { name: "I have confirmed" }).waitFor();
  visitor.expectRefusal(404);
  await visitor.close();
});

test("an address that is none, or of another site, asks nobody and leaves the form usable", async () => {
  for (const [attribute, address] of [
    ["events", "http://["],
    ["poll", "http://["],
    ["events", "https://elsewhere.example/events"],
    ["poll", "//elsewhere.example/state"],
    ["events", "javascript:1"],
    ["none", ""],
  ]) {
    const visitor = await waitingVisitor("astray", "poll");
    const asked = [];
    // An uncaught error would be a fault of this visitor, which closing reports.
    await visitor.page.evaluate(
      ([attribute, address]) => {
        const other = document.createElement("countermark-login");
        other.setAttribute(attribute, address);
        const login = document.querySelector("countermark-login");
        other.append(...login.childNodes);
        window.told = [];
        addEventListener("countermark-state", ({ detail }) => window.told.push(detail.state));
        login.replaceWith(other);
      },
      [attribute, address],
    );
    visitor.page.on("request", (request) => asked.push(request.url()));
    await status(visitor, "Confirm on your phone, then press the button");
    assert.equal(await element(visitor).getAttribute("state"), "unfollowed", address);
    assert.deepEqual(asked, [], address);
    await press(visitor.page, visitor.page.getByRole("button", { name: "I have confirmed" }));
    await visitor.page.getByRole("heading", { name: "Check your phone" }).waitFor();
    await press(visitor.page, visitor.page.getByRole("button", { name: "Cancel" }));
    await visitor.page.getByRole("alert").getByText("canceled").waitFor();
    await visitor.close();
  }
});

test("news that are no JSON, or lead to no address, leave the form to say the end", async () => {
  const broken = await waitingVisitor("broken");
  await broken.page.route("**/login/events", (route) => route.fulfill({ contentType: "text/event-stream", body: "event: state\ndata: {\n\n" }));
  await broken.page.reload();
  await status(broken, "Confirm on your phone, then press the button");
  await broken.close();

  const astray = await waitingVisitor("led-astray", "poll");
  const sent = astray.page.waitForRequest("**/login/check");
  await astray.page.route("**/login/state", (route) => route.fulfill({ json: { state: "approved", final: true, next: "http://[" } }), { times: 1 });
  assert.equal((await sent).method(), "POST");
  await status(astray, "Waiting");
  await astray.close();
});

test("moved in the page, it asks no more often, and the time runs on", async () => {
  const visitor = await waitingVisitor("moved", "poll");
  await status(visitor, "Waiting");
  const left = async () => {
    const [, minutes, seconds] = /(\d+):(\d\d)/.exec(await element(visitor).locator(".left").textContent());
    return 60 * minutes + Number(seconds);
  };
  const before = await left();
  await visitor.page.waitForTimeout(3000);
  await visitor.page.evaluate(() => {
    const login = document.querySelector("countermark-login");
    const { parentNode } = login;
    // Each time it asks at once, and what it has asked is not answered when it is moved again.
    for (let times = 0; times < 4; times++) {
      login.remove();
      parentNode.append(login);
    }
  });
  const after = await left();
  assert.ok(after > 0 && after <= before - 2, `${after} s left, and before ${before} s`);
  await visitor.page.waitForTimeout(1000);
  let asked = 0;
  visitor.page.on("request", (request) => request.method() === "POST" && asked++);
  await visitor.page.waitForTimeout(7000);
  assert.ok(asked >= 1 && asked <= 5, `asked ${asked} times in 7 s`);
  await visitor.close();
});

test("no handle of the ID server is in the page, nor in what it gets", async () => {
  const visitor = await waitingVisitor("secret");
  const answers = [];
  visitor.page.on("response", (response) => answers.push(response.text().catch(() => "")));
  await visitor.page.reload();
  await status(visitor, "Waiting");
  const [session] = await demo.sessions("secret");
  const handles = [session.authsessionid, session.requestid].filter(Boolean).map(String);
  assert.ok(handles.length > 0, Object.keys(session).join());
  const html = await visitor.page.content();
  await visitor.page.getByRole("button", { name: "Cancel" }).click();
  await visitor.page.getByRole("alert").waitFor();
  const all = [html, ...(await Promise.all(answers))].join("\n");
  for (const handle of handles) assert.ok(!all.includes(handle));
  await visitor.close();
});

test("a screen reader has what there is: roles, names, and no fault that axe finds", async () => {
  const visitor = await waitingVisitor("axe");
  await status(visitor, "Waiting");
  assert.equal(await element(visitor).getByRole("img").getAttribute("alt"), "Your access pass");
  await accessibility.check(visitor.page);
  await visitor.page.getByRole("button", { name: "Cancel" }).click();
  await visitor.page.getByRole("alert").waitFor();
  await visitor.close();
});
