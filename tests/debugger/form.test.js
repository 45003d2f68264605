// What people do to the forms: drag, paste, show and hide, and read without colours.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { launch } from "../browser/support/browser.js";
import { BROKEN } from "./support/broken.js";
import { DebuggerPage, serve } from "./support/page.js";

const SECRET = "It is a secret to everybody";
const github = (body) => `POST /hook HTTP/1.1\nHost: x.example\nX-Hub-Signature-256: sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}\n\n${body}`;

let browser;
let server;
let opened;
let page;

before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
  opened = await DebuggerPage.open(browser, server.url);
  ({ page } = opened);
});

after(async () => {
  await opened?.close();
  await browser?.close();
  await server?.close();
});

const request = () => page.getByRole("textbox", { name: "Request" });
const verdict = (text) => page.locator("#verdict").getByText(text).waitFor();

async function fresh() {
  await page.getByRole("tab", { name: "Explain" }).click();
  await page.getByRole("button", { name: "Clear" }).click();
  await page.locator("#secret").fill(SECRET);
}

/** Pastes over all that is there. */
const paste = (text) =>
  request().evaluate((area, text) => {
    area.focus();
    area.select();
    const data = new DataTransfer();
    data.setData("text/plain", text);
    area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);

test("a text that is dragged is moved by the browser, and a link does not replace the page", async () => {
  await fresh();
  const text = github("{}");
  await request().fill(text);
  await verdict("Verified");
  await request().evaluate((area) => {
    area.scrollTop = 0;
    area.setSelectionRange(0, 4);
  });
  const { x, y } = await request().boundingBox();
  await page.mouse.move(x + 25, y + 18);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 50, { steps: 8 });
  await page.mouse.move(x + 80, y + 62, { steps: 4 });
  await page.mouse.up();
  const moved = await request().inputValue();
  assert.notEqual(moved, text, "nothing was dragged");
  assert.deepEqual([...moved].sort(), [...text].sort());
  const stopped = await page.evaluate(() => {
    const dropped = (id, type) => {
      const data = new DataTransfer();
      data.setData(type, "https://x.example/");
      return !document.getElementById(id).dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    };
    return [dropped("request", "text/uri-list"), dropped("secret", "text/plain"), dropped("result", "text/uri-list")];
  });
  assert.deepEqual(stopped, [false, false, true]);
  assert.equal(await request().inputValue(), moved);
});

test("of a long paste the field shows the beginning, and another paste takes its place", async () => {
  await fresh();
  const body = JSON.stringify(Array.from({ length: 20_000 }, (_, id) => ({ id, name: "user" })), null, 2);
  await paste(github(body));
  await verdict("Verified");
  assert.equal((await request().inputValue()).length, 256 * 1024);
  assert.match(await page.locator("#request-note").textContent(), /^pasted, of which the beginning is shown/);
  // Behind a head that was there before it.
  await fresh();
  await request().fill(github(body).slice(0, -body.length));
  await request().evaluate((area, text) => {
    area.setSelectionRange(area.value.length, area.value.length);
    const data = new DataTransfer();
    data.setData("text/plain", text);
    area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, body);
  await verdict("Verified");
  await paste(github("[]"));
  await page.locator("#request-note").getByText("body of 2 bytes").waitFor();
  assert.equal(await request().isEditable(), true);
});

test("CR LF that the clipboard may have made is not blamed on the server alone", async () => {
  await fresh();
  const text = github('{\n  "a": 1\n}').replaceAll("\n", "\r\n");
  await paste(text);
  await page.locator("[data-kind=body_crlf]").waitFor();
  await page.locator(".verdict").getByText("The clipboard of Windows").waitFor();
  await page.getByRole("button", { name: "Check it with LF" }).click();
  await verdict("Verified");
  // A file has the line ends that it has.
  await opened.explain({ request: Buffer.from(text), secret: SECRET });
  await page.locator("[data-kind=body_crlf]").waitFor();
  assert.equal(await page.getByRole("button", { name: "Check it with LF" }).count(), 0);
});

test("headers and body alone are judged, and a missing URL is said", async () => {
  await fresh();
  await request().fill(github("{}").replace(/.*\n/, ""));
  await verdict("Verified");
  await page.locator("#request-note").getByText("read as POST without URL").waitFor();
  await request().fill("Host: x.example\nContent-Type: application/x-www-form-urlencoded\nX-Twilio-Signature: AAAA\n\nA=1");
  await page.locator("[data-kind=context_missing] .facts").getByText("url").waitFor();
  await page.locator("#url").evaluate((input) => {
    input.value = "https://x.example/hook";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await page.locator("[data-kind=context_missing]").waitFor({ state: "detached" });
});

test("a file without anything in it is not taken for no file", async () => {
  await fresh();
  await page.locator("#file").setInputFiles({ name: "zeros.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(100) });
  await page.locator(".verdict").getByText("zeros.bin holds nothing").waitFor();
});

const signing = async (fields) => {
  await page.getByRole("tab", { name: "Sign" }).click();
  await page.locator("#sign-form").evaluate((form) => form.reset());
  for (const [id, value] of Object.entries({ secret: SECRET, ...fields })) {
    if (id === "scheme") await page.locator("#sign-scheme").selectOption(value);
    else await page.locator(`#sign-${id}`).fill(value);
  }
};

test("a private key stays in its tab, and the other one asks for the public key", async () => {
  await signing({ scheme: "discord", secret: "whsec_AAAA" });
  const refused = page.locator("#signed .verdict");
  await refused.waitFor();
  assert.doesNotMatch(await refused.textContent(), /has secrets/);
  await signing({ scheme: "discord", secret: "07".repeat(32) });
  await page.locator("#signed").getByText("It is verified with the public key").waitFor();
  await page.getByRole("button", { name: "Explain this request" }).click();
  await page.locator("#result").getByText("Add the public key of the endpoint").waitFor();
  assert.equal(await page.locator("#secret").inputValue(), "");
});

test("what cannot be sent is not signed", async () => {
  for (const [fields, message] of [
    [{ url: "/hooks" }, "The URL has no host"],
    [{ url: "" }, "The URL has no host"],
    [{ url: "localhost:8700/hooks" }, "The URL has no host"],
    [{ headers: "X-A: 1\nno colon here" }, "“no colon here” is no header"],
    [{ headers: "Bad Header: 1" }, "“Bad Header: 1” is no header"],
    [{ headers: "Content-Length: 99" }, "Content-Length is what curl itself makes"],
  ]) {
    await signing({ scheme: "github", ...fields });
    await page.locator("#signed .verdict").getByText(message).waitFor();
  }
  await signing({ scheme: "github", headers: "X-A: 1\n\nX-B:2\n" });
  await page.locator("#curl").getByText("-H 'X-B: 2'").waitFor();
});

test("secrets are hidden until they are to be seen, and again with the next request", async () => {
  await fresh();
  const type = (id) => page.locator(id).getAttribute("type");
  for (const next of [() => page.getByRole("button", { name: "Clear" }).click(), () => page.locator("#example").selectOption("1")]) {
    await page.locator("#reveal").click();
    assert.equal(await type("#secret"), "text");
    await next();
    assert.equal(await type("#secret"), "password");
    assert.equal(await page.locator("#reveal").textContent(), "Show");
  }
  await page.getByRole("tab", { name: "Sign" }).click();
  assert.equal(await type("#sign-secret"), "password");
  await page.locator("#sign-reveal").click();
  assert.equal(await type("#sign-secret"), "text");
  await page.locator("#sign-reveal").click();
});

test("Home and End choose among the tabs", async () => {
  await fresh();
  await page.getByRole("tab", { name: "Explain" }).focus();
  for (const [key, id] of [["End", "tab-sign"], ["Home", "tab-explain"], ["ArrowLeft", "tab-sign"], ["ArrowRight", "tab-explain"]]) {
    await page.keyboard.press(key);
    assert.equal(await page.evaluate(() => document.activeElement.id), id, key);
  }
});

test("the note on a request is not said again at each key", async () => {
  await fresh();
  await request().fill(github("{}"));
  await verdict("Verified");
  await page.evaluate(() => {
    window.said = 0;
    new MutationObserver((records) => (window.said += records.length)).observe(document.getElementById("request-note"), { childList: true, characterData: true, subtree: true });
  });
  await page.locator("#secret").fill("another secret of somebody");
  await verdict("Refused");
  assert.equal(await page.evaluate(() => window.said), 0);
});

test("without colours, in grey placeholders and on paper it says the same", async () => {
  await opened.explain(BROKEN.find(({ kind }) => kind === "body_newline_added"));
  const style = (selector, name, pseudo) => page.locator(selector).first().evaluate((element, [name, pseudo]) => getComputedStyle(element, pseudo)[name], [name, pseudo]);
  assert.equal(await style("#request", "opacity", "::placeholder"), "1");
  await page.emulateMedia({ forcedColors: "active" });
  assert.notEqual(await style("#tab-explain", "backgroundColor"), await style("#tab-sign", "backgroundColor"));
  assert.equal(await style(".bytes del .unseen", "borderStyle"), "solid");
  await page.emulateMedia({ forcedColors: null, media: "print" });
  assert.equal(await style(".bytes", "maxHeight"), "none");
  assert.equal(await style(".input", "position"), "static");
  await page.emulateMedia({ media: null });
});
