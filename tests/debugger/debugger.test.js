// The webhook debugger in a real browser: what it says, and that it says nothing to anybody.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "../browser/support/browser.js";
import { accessibility } from "./support/axe.js";
import { BROKEN, GOOD } from "./support/broken.js";
import { DebuggerPage, builtFile, serve } from "./support/page.js";

const binary = process.env.COUNTERMARK_BIN ?? fileURLToPath(new URL("../../target/debug/countermark", import.meta.url));
const screenshots = fileURLToPath(new URL("./screenshots/", import.meta.url));

let browser;
let server;
let shared;

before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
  shared = await DebuggerPage.open(browser, server.url);
});

after(async () => {
  await shared?.close();
  await browser?.close();
  await server?.close();
});

for (const broken of BROKEN) {
  test(`explained: ${broken.name}`, async () => {
    await shared.explain(broken);
    const answer = await shared.answer();
    const [first] = answer.causes;
    assert.equal(answer.title, broken.title ?? "Refused");
    assert.equal(first?.kind, broken.kind, JSON.stringify(answer.causes));
    if (broken.kind) {
      assert.equal(first.certainty, broken.certainty ?? "proved");
      assert.ok(first.facts.includes(broken.facts ?? ""), first.facts);
    }
    if (broken.also) assert.ok(answer.causes.some(({ kind }) => kind === broken.also), JSON.stringify(answer.causes));
    if (broken.added) assert.deepEqual(answer.added.map(plain), broken.added.map(plain));
    if (broken.missing) assert.deepEqual(answer.missing.map(plain), broken.missing.map(plain));
    assert.equal(Object.values(answer.checks).filter((state) => state === "failed").length, 1);
    assert.ok(answer.announced.startsWith(answer.title));
  });
}

/** Marks as the page writes them. */
const plain = (text) => text.replace("\n", "").replaceAll("␊", "LF").replaceAll("␍", "CR").replace(/^ $/, "·");

for (const good of GOOD) {
  test(`verified, its scheme detected: ${good.name}`, async () => {
    await shared.explain(good);
    const answer = await shared.answer();
    assert.equal(answer.title, "Verified", JSON.stringify(answer));
    assert.ok(answer.scheme.startsWith(good.detected), answer.scheme);
    assert.ok(answer.scheme.endsWith("detected"));
    assert.deepEqual([answer.added, answer.missing], [[], []]);
    const states = new Set(Object.values(answer.checks));
    assert.deepEqual(states, new Set(good.now ? ["passed"] : ["passed", "no time is signed"]));
  });
}

test("what cannot be read is said", async () => {
  const { page } = shared;
  await page.getByRole("button", { name: "Clear" }).click();
  for (const [text, message] of [
    ["POST\nX: 1\n\n{}", "The first line is neither that of a request"],
    ["POST / HTTP/1.1\nX: 1\n folded\n\n", "A header is folded over two lines"],
    ["curl -d @body.json https://x.example", "The body is in the file body.json"],
  ]) {
    await page.getByRole("textbox", { name: "Request" }).fill(text);
    await page.locator("#verdict").getByText("cannot be read").waitFor();
    await page.locator(".verdict").getByText(message.slice(1)).waitFor();
  }
  await page.getByRole("textbox", { name: "Request" }).fill("POST / HTTP/1.1\nHost: x\n\n{}");
  await page.locator("#verdict").getByText("No scheme was recognized").waitFor();
});

test("a body is known by its length and its SHA-256", async () => {
  const request = `POST / HTTP/1.1\nHost: x\nX-Hub-Signature-256: sha256=${"0".repeat(64)}\n\n{}`;
  await shared.explain({ request, secret: "It is a secret to everybody" });
  const shown = await shared.page.locator(".fingerprint").textContent();
  assert.match(shown, / has 2 bytes\./);
  assert.ok(shown.endsWith("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"), shown);
});

test("every example shows what it promises", async () => {
  const { page } = shared;
  const titles = {};
  for (const option of await page.locator("#example option:not([value=''])").all()) {
    await page.locator("#example").selectOption(await option.getAttribute("value"));
    await page.locator(".checks").waitFor();
    const { title, causes } = await shared.answer();
    titles[await option.textContent()] = causes[0]?.kind ?? title;
  }
  assert.deepEqual(titles, {
    "A JSON body that was parsed and written again": "body_reserialized_compact",
    "A line break at the end of the body": "body_newline_added",
    "A secret that was taken as text": "key_decoding",
    "A proxy that ends TLS": "url_scheme_http_https",
    "A request that is a day old": "clock_skew",
    "A header that came twice": "duplicate_header",
    "Nothing is wrong": "Verified",
  });
});

test("a saved request is checked without its age", async () => {
  const { page } = shared;
  await shared.explain(BROKEN.find(({ kind }) => kind === "clock_skew"));
  await page.getByRole("button", { name: "Check it without its age" }).click();
  await page.locator("#verdict").getByText("Verified").waitFor();
  const { checks } = await shared.answer();
  assert.deepEqual([checks.signature, checks.time_window], ["passed", "left out"]);
});

test("a URL and a clock of one's own", async () => {
  const { page } = shared;
  const broken = BROKEN.find(({ kind }) => kind === "url_scheme_http_https");
  await shared.explain(broken);
  await page.locator("#more").evaluate((details) => (details.open = true));
  await page.getByLabel("URL as the sender called it").fill("https://x.example/h");
  await page.locator("#verdict").getByText("Verified").waitFor();
  await page.getByLabel("Clock").fill("soon");
  await page.locator(".verdict").getByText("neither a number nor a date").waitFor();
});

test("a pasted text keeps its CR LF, and a dropped file its bytes", async () => {
  const { page } = shared;
  const crlf = BROKEN.find(({ kind }) => kind === "body_crlf");
  await page.getByRole("button", { name: "Clear" }).click();
  await page.locator("#request").evaluate((area, text) => {
    area.focus();
    const data = new DataTransfer();
    data.setData("text/plain", text);
    area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, crlf.request.toString());
  await page.getByRole("textbox", { name: "Secret or public key" }).fill(crlf.secret);
  await page.locator("[data-kind=body_crlf]").waitFor();

  const bom = BROKEN.find(({ kind }) => kind === "body_bom_added");
  await page.locator("#drop").evaluate((drop, bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(bytes)], "saved.http"));
    drop.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, [...bom.request]);
  await page.locator("[data-kind=body_bom_added]").waitFor();
  await page.locator("#request-note").getByText("saved.http").waitFor();
});

test("nothing leaves the page: the policy stops whatever tries, and nothing is stored", async () => {
  const opened = await DebuggerPage.open(browser, server.url);
  await opened.explain(BROKEN[0]);
  const { page } = opened;
  const sent = opened.requests.length;
  const tried = await page.evaluate(async () => {
    const violations = new Set();
    const awaited = ["connect-src", "img-src", "style-src-elem", "frame-src", "form-action"];
    // They are told some time after what they are about.
    const areTold = new Promise((resolve) => {
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
        violations.add(effectiveDirective);
        if (awaited.every((directive) => violations.has(directive))) resolve();
      });
      setTimeout(resolve, 30_000);
    });
    const refused = async (attempt) => {
      try {
        return !(await attempt());
      } catch {
        return true;
      }
    };
    const loaded = (element, key) =>
      new Promise((resolve) => {
        element.onload = () => resolve(true);
        element.onerror = () => resolve(false);
        element[key] = "http://127.0.0.1:1/leak";
        document.head.append(element);
        setTimeout(() => resolve(false), 500);
      });
    const refusals = {
      fetch: await refused(() => fetch("/leak")),
      image: await refused(() => loaded(new Image(), "src")),
      style: await refused(() => loaded(Object.assign(document.createElement("link"), { rel: "stylesheet" }), "href")),
      frame: await refused(() => loaded(document.createElement("iframe"), "src")),
      eval: await refused(() => (0, eval)("true")),
    };
    navigator.sendBeacon("/leak", "x");
    await refused(() => new WebSocket("ws://127.0.0.1:1/leak"));
    await refused(() => new EventSource("/leak"));
    const form = Object.assign(document.createElement("form"), { action: "/leak", method: "post" });
    document.body.append(form);
    form.submit();
    await areTold;
    // What would be sent after all.
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { refusals, missing: awaited.filter((directive) => !violations.has(directive)) };
  });
  // A frame that is refused loads an empty document.
  assert.deepEqual({ ...tried.refusals, frame: true }, { fetch: true, image: true, style: true, frame: true, eval: true });
  assert.deepEqual(tried.missing, []);
  assert.deepEqual(opened.requests.slice(sent).filter((url) => url.includes("leak") && url.startsWith("http")), []);
  const stored = await page.evaluate(async () => [document.cookie, localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length]);
  assert.deepEqual(stored, ["", 0, 0, 0, 0]);
  assert.equal(new URL(page.url()).search + new URL(page.url()).hash, "");
  // The faults are those that were provoked here.
  assert.ok(opened.faults.every((fault) => /Content Security Policy|violates|Trusted|TrustedHTML|TrustedScript/i.test(fault)), opened.faults.join("\n"));
  opened.faults = [];
  await opened.close();
});

test("the page asks for its document, script and style sheet, and for nothing else", async () => {
  const opened = await DebuggerPage.open(browser, server.url);
  const asked = opened.requests.filter((url) => !url.startsWith("data:")).map((url) => new URL(url).pathname);
  assert.deepEqual(asked.sort(), ["/", "/debugger.css", "/debugger.js"]);
  await opened.explain(BROKEN[3]);
  await opened.close();
});

test("offline, and from a saved copy", async () => {
  const opened = await DebuggerPage.open(browser, server.url);
  await opened.context.setOffline(true);
  await opened.explain(BROKEN[0]);
  assert.equal((await opened.answer()).causes[0].kind, BROKEN[0].kind);
  await opened.close();

  const saved = await DebuggerPage.open(browser, builtFile);
  await saved.context.setOffline(true);
  await saved.explain(BROKEN[3]);
  assert.equal((await saved.answer()).causes[0].kind, BROKEN[3].kind);
  await saved.close();
});

test("with the keyboard alone", async () => {
  const opened = await DebuggerPage.open(browser, server.url);
  const { page } = opened;
  const press = (key) => page.keyboard.press(key);
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
  const tabTo = async (name) => {
    for (let count = 0; count < 40; count += 1) {
      if ((await focused()) === name) return;
      await press("Tab");
    }
    assert.fail(`${name} cannot be reached`);
  };
  await press("Tab");
  assert.equal(await focused(), "Skip to content");
  await press("Enter");
  await tabTo("request");
  await page.keyboard.insertText(BROKEN[0].request);
  await tabTo("secret");
  await page.keyboard.type(BROKEN[0].secret);
  await page.locator("[data-kind=body_reserialized_spaced]").waitFor();
  await page.locator("#announce").getByText("parsed and written again").waitFor();
  // On to the other tab with the arrow keys, and back with a signed request.
  while ((await focused()) !== "tab-explain") await press("Shift+Tab");
  await press("ArrowRight");
  assert.equal(await focused(), "tab-sign");
  await page.locator("#sign-announce").getByText("Signed").waitFor();
  await tabTo("Explain this request");
  await press("Enter");
  assert.equal(await focused(), "request");
  await page.locator("#verdict").getByText("Verified").waitFor();
  await opened.close();
});

test("the curl line of the Sign tab is what the command line accepts", async () => {
  const listener = spawn(binary, ["webhook", "listen", "--scheme", "standard-webhooks", "--secret-env", "HOOK_SECRET", "--listen", "127.0.0.1:0", "--json"], {
    env: { ...process.env, HOOK_SECRET: `whsec_${Buffer.alloc(24, 7).toString("base64")}` },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: listener.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  try {
    const { listening } = await next();
    const { page } = shared;
    await page.getByRole("tab", { name: "Sign" }).click();
    await page.locator("#sign-secret").fill(`whsec_${Buffer.alloc(24, 7).toString("base64")}`);
    await page.locator("#sign-url").fill(`${listening}/hook`);
    for (const body of ['{"event":"test"}', `{"it's": "$HOME \`x\` \\\\ ä€"}\n`, "@not-a-file", ""]) {
      await page.locator("#sign-body").fill(body);
      await page.locator("#sign-id").fill(`msg_${Math.random().toString(36).slice(2)}`);
      const id = await page.locator("#sign-id").inputValue();
      await page.locator("#sign-result").getByText(id).waitFor();
      const line = await page.locator("#curl").textContent();
      execFileSync("bash", ["-c", `${line.replace(/^curl/, "curl --silent --show-error")}`], { stdio: ["ignore", "ignore", "inherit"] });
      const verdict = await next();
      assert.equal(verdict.verified, true, `${body}: ${JSON.stringify(verdict)}`);
      assert.equal(verdict.message_id, id);
    }
    await page.getByRole("tab", { name: "Explain" }).click();
  } finally {
    listener.kill();
    await once(listener, "exit");
  }
});

test("every scheme that can be signed with a text is signed, detected and verified", async () => {
  const { page } = shared;
  await page.getByRole("tab", { name: "Sign" }).click();
  await page.locator("#sign-secret").fill("It is a secret to everybody");
  await page.locator("#sign-url").fill("https://x.example/hook?a=1");
  await page.locator("#sign-body").fill(`{"event":"test","webhookTimestamp":${Date.now()}}`);
  const verdicts = [];
  for (const scheme of ["github", "stripe", "slack", "shopify", "twilio", "zendesk", "linear", "intercom", "square", "xsolla"]) {
    await page.getByRole("tab", { name: "Sign" }).click();
    await page.locator("#sign-scheme").selectOption(scheme);
    await page.locator("#signed").getByText(`--scheme ${scheme} `).waitFor();
    await page.getByRole("button", { name: "Explain this request" }).click();
    await page.locator(".checks").waitFor();
    const { title, scheme: shown } = await shared.answer();
    verdicts.push(`${scheme}: ${title}`);
    assert.equal(title, "Verified", `${scheme}: ${shown}`);
  }
  assert.equal(verdicts.length, 10);
});

for (const [name, options] of Object.entries({
  "desktop-light": { viewport: { width: 1360, height: 900 } },
  "desktop-dark": { viewport: { width: 1360, height: 900 }, colorScheme: "dark" },
  "phone-light": { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  "phone-dark": { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme: "dark" },
})) {
  test(`looks right, and axe finds nothing: ${name}`, async () => {
    const opened = await DebuggerPage.open(browser, server.url, options);
    const { page } = opened;
    await page.screenshot({ path: `${screenshots}${name}-empty.png` });
    await page.locator("#example").selectOption("0");
    await page.locator(".causes").waitFor();
    if (name.startsWith("phone")) {
      await page.getByRole("link", { name: "Refused: see why" }).click();
      await page.locator("#verdict").waitFor();
    }
    await accessibility.check(page);
    await page.screenshot({ path: `${screenshots}${name}-refused.png`, fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0, "the page must not scroll sideways");
    await page.locator("#example").selectOption("6");
    await page.locator(".verdict.good").waitFor();
    await page.screenshot({ path: `${screenshots}${name}-verified.png`, fullPage: true });
    await page.getByRole("tab", { name: "Sign" }).click();
    await page.locator("#curl").waitFor();
    await accessibility.check(page);
    await page.screenshot({ path: `${screenshots}${name}-sign.png`, fullPage: true });
    opened.requests.length = opened.loaded;
    await opened.close();
  });
}
