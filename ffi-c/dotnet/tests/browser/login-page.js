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
  context.setDefaultTimeout(60_000);
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
  await page.getByRole("status").getByText("Waiting for your phone").waitFor();
  await page.reload();
  await page.getByRole("img", { name: "access pass" }).waitFor();
  await decide("approve");
  await page.getByText("member away").waitFor();
  assert.ok(dropped > 1);
  await context.close();
});

test("a refusal is told, and leads back", async () => {
  const { context, page, decide } = await begin("refused");
  // Whoever goes by the keyboard stays where it goes on.
  await page.getByRole("button", { name: "Cancel" }).focus();
  await decide("deny");
  await page.getByRole("status").getByText("denied").waitFor();
  assert.ok(await page.getByRole("link", { name: "Start again" }).evaluate((link) => link === document.activeElement));
  assert.equal(await page.getByRole("button").count(), 0);
  await page.getByRole("link", { name: "Start again" }).click();
  await page.getByLabel("SecSign ID").waitFor();
  await context.close();
});

test("without scripts there is a button", async () => {
  const { context, page, decide } = await begin("noscript", { javaScriptEnabled: false });
  await page.getByRole("button", { name: "I have confirmed" }).click();
  await page.getByRole("status").getByText("Waiting for your phone").waitFor();
  await decide("approve");
  await page.getByRole("button", { name: "I have confirmed" }).click();
  await page.getByText("member noscript").waitFor();
  await context.close();
});

test("each page has a heading and fits a phone, and says what to do", async () => {
  const { context, page } = await begin("small", { viewport: { width: 360, height: 640 }, isMobile: true });
  const isWhole = async (name) => {
    await page.getByRole("heading", { level: 1, name }).waitFor();
    assert.equal(await page.evaluate(() => innerWidth), 360);
  };
  await isWhole("Check your phone");
  await page.getByText("Tap the symbol").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await isWhole("Log in with SecSign ID");
  await context.close();
});

test("a tab that wakes up says that its login is over, and leaves that of the other tab alone", async () => {
  const { context, page } = await begin("tab-one");
  let wake;
  const sleep = new Promise((resolve) => (wake = resolve));
  await page.route("**/login/state", (route) => sleep.then(() => route.continue()));
  await page.waitForRequest("**/login/state");
  const other = await context.newPage();
  await other.goto("/login?return=/members");
  await other.getByLabel("SecSign ID").fill("tab-two");
  await other.getByRole("button", { name: "Login" }).click();
  await other.getByRole("status").getByText("Waiting for your phone").waitFor();
  wake();
  await page.getByRole("status").getByText("not known any more").waitFor();
  await page.getByRole("link", { name: "Start again" }).waitFor();
  assert.equal(await page.getByRole("button").count(), 0);
  const [session] = await control("GET", "sessions?secsignid=tab-two");
  assert.equal(session.state_name, "PENDING");
  await control("POST", `sessions/${session.authsessionid}`, { action: "approve" });
  await other.getByText("member tab-two").waitFor();
  await context.close();
});

test("a link of another site, opened in another tab, leaves no phone ringing", async () => {
  const { context, page } = await begin("elsewhere");
  const other = await context.newPage();
  // Of another scheme and name than the site, so that nothing makes it the same one.
  await other.route("https://elsewhere.example/", (route) => route.fulfill({ contentType: "text/html", body: `<a href="${SITE}members">members</a>` }));
  await other.goto("https://elsewhere.example/");
  await other.getByRole("link").click();
  await other.getByLabel("SecSign ID").fill("elsewhere");
  await other.getByRole("button", { name: "Login" }).click();
  await other.getByRole("img", { name: "access pass" }).waitFor();
  const states = (await control("GET", "sessions?secsignid=elsewhere")).map((session) => session.state_name);
  assert.deepEqual(states, ["PENDING", "CANCELED"]);
  await page.getByRole("status").getByText("not known any more").waitFor();
  await context.close();
});

test("where questions stay without an answer, or get one of something else, the button comes back and the page asks on", async () => {
  const { context, page, decide } = await begin("silent");
  // The page's own time-out, in less time.
  await page.addInitScript(() => {
    const { timeout } = AbortSignal;
    AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms / 50);
  });
  let times = 0;
  await page.route("**/login/state", (route) => (times++ === 0 ? undefined : route.fulfill({ json: { error: "session over" } })));
  await page.reload();
  const button = page.getByRole("button", { name: "I have confirmed" });
  assert.ok(await button.isHidden());
  await button.waitFor();
  assert.equal(times, 2);
  await decide("approve");
  await page.unroute("**/login/state");
  await page.getByText("member silent").waitFor();
  await context.close();
});
