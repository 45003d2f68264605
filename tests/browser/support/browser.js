// A browser that keeps account of everything that a clean site does not do.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

const start = () =>
  chromium.launch({
    executablePath,
    timeout: 60_000,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** Beside busy neighbours it may, seldom, not come up at all; it is tried once more. */
export const launch = () => start().catch(start);

/** Presses what leads to another page, and waits until that page stands: a click returns while it is still being read. */
export async function press(page, button) {
  const loaded = page.waitForEvent("load");
  await button.click();
  await loaded;
}

/** One visitor with an own cookie jar. */
export class Visitor {
  static async open(browser, demo, options = {}) {
    const visitor = new Visitor();
    visitor.demo = demo;
    visitor.faults = [];
    visitor.context = await browser.newContext({ baseURL: demo.site, ...options });
    visitor.context.setDefaultTimeout(60_000);
    visitor.context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "data:" && !demo.hosts.has(url.host)) {
        visitor.faults.push(`request to another host: ${url.origin}`);
      }
    });
    visitor.context.on("page", (page) => visitor.watch(page));
    visitor.page = await visitor.context.newPage();
    return visitor;
  }

  watch(page) {
    // Violations of the Content-Security-Policy arrive here as errors, too.
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) {
        this.faults.push(`console ${message.type()}: ${message.text()}`);
      }
    });
    page.on("pageerror", (error) => this.faults.push(`uncaught: ${error.message}`));
  }

  /** Types an ID into the login form and sends it. */
  async start(id) {
    await this.page.goto("/");
    await this.page.getByLabel("SecSign ID").fill(id);
    await press(this.page, this.page.getByRole("button", { name: "Continue" }));
  }

  /** Starts a login and waits for its access pass. */
  async startAndSeePass(id) {
    await this.start(id);
    await this.page.getByRole("heading", { name: "Check your phone" }).waitFor();
  }

  /** The access pass that the page shows, as bytes. */
  async pass() {
    const source = await this.page.getByRole("img", { name: /access pass/i }).getAttribute("src");
    const [, base64] = /^data:image\/png;base64,([A-Za-z0-9+/]+=*)$/.exec(source);
    return Buffer.from(base64, "base64");
  }

  heading() {
    return this.page.getByRole("heading", { level: 1 });
  }

  async cookie(name) {
    return (await this.context.cookies()).find((cookie) => cookie.name === name);
  }

  /** Forgets refusals that the test itself has provoked: Chromium reports each as an error of the console. */
  expectRefusal(status) {
    this.faults = this.faults.filter((fault) => !fault.includes(`status of ${status}`));
  }

  async close() {
    await this.context.close();
    assert.deepEqual(this.faults, []);
  }
}

/** The phone of an ID: the emulator's page, as a person uses it. */
export class Phone {
  static async open(browser, demo, id) {
    const visitor = await Visitor.open(browser, demo, { viewport: { width: 390, height: 844 }, hasTouch: true });
    await visitor.page.goto(new URL(`requests?secsignid=${id}`, demo.id_server.phone).href);
    return new Phone(visitor);
  }

  constructor(visitor) {
    this.visitor = visitor;
    this.page = visitor.page;
  }

  /** Opens the waiting request. */
  async load() {
    await press(this.page, this.page.getByRole("button", { name: /^Open/ }));
    await this.page.getByRole("group", { name: /symbol/ }).waitFor();
  }

  /** The numbers of the offered symbols that are, and are not, the picture of the access pass. */
  async compare(pass) {
    const result = { same: [], others: [] };
    for (const button of await this.page.locator("button[name=answer]:has(img)").all()) {
      const source = await button.locator("img").getAttribute("src");
      const picture = await (await this.page.request.get(new URL(source, this.page.url()).href)).body();
      (picture.equals(pass) ? result.same : result.others).push(await button.getAttribute("value"));
    }
    return result;
  }

  async tap(number) {
    await this.page.locator(`button[name=answer][value="${number}"]`).tap();
    await this.page.getByRole("heading", { level: 1, name: /^(Approved|Denied)/ }).waitFor();
  }

  /** Does what a careful person does: opens the request and taps the symbol of the page. */
  async confirm(pass) {
    await this.load();
    const { same, others } = await this.compare(pass);
    assert.equal(same.length, 1);
    assert.equal(others.length, 3);
    await this.tap(same[0]);
  }

  async deny() {
    await this.load();
    await this.page.getByRole("button", { name: /^Deny/ }).tap();
    await this.page.getByRole("heading", { level: 1, name: "Denied" }).waitFor();
  }

  close() {
    return this.visitor.close();
  }
}
