// The pages of the ASP.NET Core login in a browser, on a site that LoginPageTests has started: with SITE, CONTROL and CONTROL_TOKEN.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../../../../tests/browser/support/browser.js";

const { SITE, CONTROL, CONTROL_TOKEN } = process.env;

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

async function control(method, path, body) {
  const headers = { authorization: `Bearer ${CONTROL_TOKEN}`, "content-type": "application/json" };
  const reply = await fetch(new URL(path, CONTROL), { method, headers, body: body && JSON.stringify(body) });
  assert.ok(reply.ok, `${method} ${path}: ${reply.status}`);
  return reply.json();
}

async function begin(id, options) {
  const context = await browser.newContext({ baseURL: SITE, ...options });
  const page = await context.newPage();
  await page.goto("/members");
  await page.getByLabel("SecSign ID").fill(id);
  await page.getByRole("button", { name: "Login" }).click();
  await page.getByRole("img", { name: "access pass" }).waitFor();
  const decide = async (action) => {
    const [session] = await control("GET", `sessions?secsignid=${id}`);
    await control("POST", `sessions/${session.authsessionid}`, { action });
  };
  return { context, page, decide };
}

test("a server and a network that are away for a moment lose no login", async () => {
  await control("POST", "faults", [{ request: "state", secsignid: "away", fault: "html-502", times: 1 }]);
  const { context, page, decide } = await begin("away");
  let dropped = 0;
  await page.route("**/login/state", (route) => (dropped++ === 0 ? route.abort() : route.continue()));
  await page.getByRole("status").getByText("pending").waitFor();
  await page.reload();
  await page.getByRole("img", { name: "access pass" }).waitFor();
  await decide("approve");
  await page.getByText("member away").waitFor();
  assert.ok(dropped > 1);
  await context.close();
});

test("a refusal is told, and leads back", async () => {
  const { context, page, decide } = await begin("refused");
  await decide("deny");
  await page.getByRole("status").getByText("denied").waitFor();
  assert.equal(await page.getByRole("button").count(), 0);
  await page.getByRole("link", { name: "Start again" }).click();
  await page.getByLabel("SecSign ID").waitFor();
  await context.close();
});

test("without scripts there is a button", async () => {
  const { context, page, decide } = await begin("noscript", { javaScriptEnabled: false });
  await page.getByRole("button", { name: "I have confirmed" }).click();
  await page.getByRole("status").getByText("pending").waitFor();
  await decide("approve");
  // Asked sooner, the site answers from what it knows.
  await page.waitForTimeout(600);
  await page.getByRole("button", { name: "I have confirmed" }).click();
  await page.getByText("member noscript").waitFor();
  await context.close();
});
