// The built page in a browser, and an account of everything that it asks the network for.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../../../wasm/debugger/", import.meta.url));

/** Serves the page as `make debugger` does; gives its address and `close`. */
export async function serve() {
  const vite = createRequire(`${root}package.json`).resolve("vite");
  const { preview } = await import(pathToFileURL(vite).href);
  const server = await preview({ root, logLevel: "error", preview: { host: "127.0.0.1", port: 0 } });
  return { url: `http://127.0.0.1:${server.httpServer.address().port}/`, close: () => server.close() };
}

/** The file that a person saves. */
export const builtFile = pathToFileURL(`${root}dist/index.html`).href;

export class DebuggerPage {
  static async open(browser, url, options = {}) {
    const opened = new DebuggerPage();
    opened.faults = [];
    opened.requests = [];
    opened.context = await browser.newContext(options);
    opened.context.setDefaultTimeout(15_000);
    opened.page = await opened.context.newPage();
    opened.page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) opened.faults.push(`console ${message.type()}: ${message.text()}`);
    });
    opened.page.on("pageerror", (error) => opened.faults.push(`uncaught: ${error.message}`));
    const network = await opened.context.newCDPSession(opened.page);
    await network.send("Network.enable");
    const asked = new Map();
    network.on("Network.requestWillBeSent", ({ requestId, request }) => {
      asked.set(requestId, request.url);
      opened.requests.push(request.url);
    });
    // What the policy has stopped is named, too, and was not sent.
    network.on("Network.loadingFailed", ({ requestId, blockedReason }) => {
      if (blockedReason === "csp") opened.requests.splice(opened.requests.lastIndexOf(asked.get(requestId)), 1);
    });
    network.on("Network.webSocketCreated", ({ url }) => opened.requests.push(url));
    await opened.page.goto(url);
    await opened.page.getByRole("heading", { name: "Why does this webhook fail?" }).waitFor();
    opened.loaded = opened.requests.length;
    return opened;
  }

  /** Pastes a request and a secret, and waits for the verdict. `request` is a text or bytes, which go in as a file. */
  async explain({ request, secret, scheme, now, anyAge }) {
    const { page } = this;
    await page.getByRole("button", { name: "Clear" }).click();
    if (typeof request === "string") await page.getByRole("textbox", { name: "Request" }).fill(request);
    else await page.locator("#file").setInputFiles({ name: "request.http", mimeType: "application/octet-stream", buffer: Buffer.from(request) });
    if (scheme) await page.getByRole("combobox", { name: "Scheme" }).selectOption(scheme);
    if (now !== undefined) await page.locator("#now").evaluate((input, value) => (input.value = value), String(now));
    if (anyAge) await page.locator("#any-age").evaluate((input) => (input.checked = true));
    await page.getByRole("textbox", { name: "Secret or public key" }).fill(secret);
    await page.locator(".checks").waitFor();
  }

  /** What the page shows now. */
  answer() {
    return this.page.evaluate(() => {
      const text = (selector) => document.querySelector(selector)?.textContent.trim();
      const all = (selector, read) => [...document.querySelectorAll(selector)].map(read);
      return {
        title: text("#verdict"),
        code: text(".code-line code"),
        causes: all(".cause", (cause) => ({ kind: cause.dataset.kind, certainty: cause.querySelector(".chip").textContent, facts: cause.querySelector(".facts")?.textContent ?? "" })),
        checks: Object.fromEntries(all(".check-list li", (check) => [check.dataset.step, check.querySelector(".state").textContent])),
        added: all(".bytes del", (mark) => mark.textContent),
        missing: all(".bytes ins", (mark) => mark.textContent),
        bytes: text(".bytes"),
        summary: text(".content .hint"),
        scheme: text("#scheme-title"),
        announced: text("#announce"),
      };
    });
  }

  async close() {
    const later = this.requests.slice(this.loaded).filter((url) => !url.startsWith("data:"));
    await this.context.close();
    assert.deepEqual(later, [], "the page asked the network for something");
    assert.deepEqual(this.faults, []);
  }
}
