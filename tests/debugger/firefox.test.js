// The debugger and <countermark-login> in Firefox: what depends on a browser, not all that Chromium is asked.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { launch } from "../../wasm/adapters/launch.mjs";
import { idServer } from "../../node/test/support.mjs";
import { BROKEN } from "./support/broken.js";
import { builtFile, serve } from "./support/page.js";

const runner = fileURLToPath(new URL("./support/element-site.mjs", import.meta.url));

let browser;
let served;

before(async () => {
  [browser, served] = await Promise.all([launch("firefox"), serve()]);
});

after(async () => {
  await browser?.close();
  await served?.close();
});

/** A page, and what went wrong on it. */
async function open(url) {
  const page = await browser.newPage();
  page.faults = [];
  page.on("pageerror", ({ message }) => page.faults.push(message));
  page.on("console", (message) => ["error", "warn"].includes(message.type()) && page.faults.push(message.text()));
  await page.goto(url);
  return page;
}

for (const [from, url] of [["a server", () => served.url], ["a saved file", () => builtFile]]) {
  test(`the debugger, from ${from}, explains what came between`, async () => {
    const page = await open(url());
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    for (const { name, request, secret, scheme, kind } of BROKEN.filter(({ request, kind, now }) => typeof request === "string" && kind && !now)) {
      await page.evaluate(() => document.getElementById("clear").click());
      await page.evaluate((fields) => {
        for (const [id, value, event] of fields) {
          const field = document.getElementById(id);
          field.value = value;
          field.dispatchEvent(new Event(event, { bubbles: true }));
        }
      }, [["request", request, "input"], ["scheme", scheme ?? "", "change"], ["secret", secret, "input"]]);
      // Puppeteer's own way to wait makes functions of texts, which the page's policy forbids.
      const first = () => page.evaluate(() => document.querySelector(".cause")?.dataset.kind);
      for (let tries = 0; tries < 1200 && (await first()) === undefined; tries++) await sleep(50);
      assert.equal(await first(), kind, name);
    }
    assert.deepEqual(asked, [], "the page asked the network for something");
    assert.deepEqual(page.faults, []);
    await page.close();
  });
}

for (const follow of ["events", "poll"]) {
  test(`the element follows a login to its end, by ${follow}`, async (t) => {
    const server = await idServer("--id", "alice");
    t.after(server.stop);
    await server.control("PUT", "plan", { steps: [{ after_polls: 1, action: "approve" }] });
    const site = spawn(process.execPath, [runner, server.server, follow], { stdio: ["ignore", "pipe", "inherit"] });
    t.after(() => site.kill());
    const [url] = await once(createInterface({ input: site.stdout }), "line");
    const page = await open(url);
    await page.type("input[name=secsignid]", "alice");
    await page.click("button");
    await page.waitForFunction(() => document.body.textContent.includes("logged in as alice"), { timeout: 60_000 });
    assert.deepEqual(page.faults, []);
    await page.close();
  });
}
