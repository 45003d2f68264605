// Every page in light and dark, on a phone and a desktop: sound for assistive technology, no wider than the screen, and
// photographed into screenshots/ to be looked at.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Visitor, launch } from "./support/browser.js";
import { Demo } from "./support/demo.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = fileURLToPath(new URL("screenshots/", import.meta.url));
const looks = [
  ["desktop-light", { viewport: { width: 1280, height: 800 }, colorScheme: "light" }],
  ["desktop-dark", { viewport: { width: 1280, height: 800 }, colorScheme: "dark" }],
  ["phone-light", { viewport: { width: 390, height: 844 }, colorScheme: "light", hasTouch: true, isMobile: true }],
  ["phone-dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true, isMobile: true }],
];

let browser;
let demo;

before(async () => {
  mkdirSync(folder, { recursive: true });
  [browser, demo] = await Promise.all([launch(), Demo.start()]);
});

after(async () => {
  await browser?.close();
  if (demo) {
    assert.equal(await demo.stop(), 0);
  }
});

for (const [look, options] of looks) {
  test(look, async () => {
    const visitor = await Visitor.open(browser, demo, options);
    const id = `${look}@example`;
    const keep = (name) => inspect(visitor.page, `${name}-${look}`);

    await visitor.page.goto("/");
    await keep("login");
    await visitor.start("not an id");
    await visitor.page.getByRole("alert").waitFor();
    visitor.expectRefusal(400);
    await keep("login-problem");

    await visitor.startAndSeePass(id);
    await keep("access-pass");
    const [session] = await demo.sessions(id);
    await demo.control("POST", `sessions/${session.authsessionid}`, { action: "fetch" });
    await visitor.page.getByRole("status").getByText("Your phone has the request").waitFor();
    await keep("access-pass-fetched");
    await demo.control("POST", `sessions/${session.authsessionid}`, { action: "deny" });
    await visitor.heading().getByText("Login denied").waitFor();
    await keep("ended");

    await visitor.startAndSeePass(id);
    const [second] = await demo.sessions(id);
    await demo.control("POST", `sessions/${second.authsessionid}`, { action: "approve" });
    await visitor.heading().getByText(`Welcome, ${id}`).waitFor();
    await keep("members");

    await visitor.page.goto("/links");
    await keep("links-empty");
    await visitor.page.getByRole("button", { name: "Make links" }).click();
    await visitor.page.getByRole("heading", { level: 2 }).first().waitFor();
    await keep("links");
    await visitor.page.goto("/enter/onelogin?email=nobody");
    visitor.expectRefusal(401);
    await keep("link-refused");
    await visitor.page.goto("/nowhere");
    visitor.expectRefusal(404);
    await keep("not-found");
    await visitor.close();
  });
}

test("forced colours, large text and reduced motion keep the page usable", async () => {
  const visitor = await Visitor.open(browser, demo, {
    viewport: { width: 320, height: 640 },
    forcedColors: "active",
    reducedMotion: "reduce",
  });
  await visitor.startAndSeePass("forced");
  await inspect(visitor.page, "access-pass-forced-colours");
  await visitor.close();
});

async function inspect(page, name) {
  await page.evaluate(() => document.fonts.ready);
  const { width, inner } = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth,
    inner: innerWidth,
  }));
  assert.ok(width <= inner, `${name} is ${width} pixels wide on a screen of ${inner}`);
  const violations = await page.evaluate(`${axe}; axe.run().then(({ violations }) => violations)`);
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`),
    [],
    name,
  );
  await page.screenshot({ path: `${folder}${name}.png`, fullPage: true });
}
