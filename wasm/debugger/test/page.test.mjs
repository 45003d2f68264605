// What the page itself does to a request, and what it must say of that: its fields, its text area, its buttons.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { launch } from '../../../tests/browser/support/browser.js';
import { DebuggerPage, serve } from '../../../tests/debugger/support/page.js';

const SECRET = 'It is a secret to everybody';
const hmac = (text, encoding = 'hex', hash = 'sha256') => createHmac(hash, SECRET).update(text).digest(encoding);

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

const verdict = (text) => page.locator('#verdict').getByText(text).waitFor();
const told = (text) => page.locator('.verdict').getByText(text).waitFor();

/** Fills the form anew. */
async function fill({ request, secret = SECRET, scheme = '', url = '' }) {
  await page.getByRole('tab', { name: 'Explain' }).click();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.locator('#more').evaluate((more) => (more.open = true));
  await page.locator('#url').fill(url);
  await page.locator('#scheme').selectOption(scheme);
  await page.locator('#secret').fill(secret);
  await page.locator('#request').fill(request);
}

/** Pastes as a browser does, over all that is there or at its end. */
const paste = (text, from = 0) =>
  page.locator('#request').evaluate((area, [text, from]) => {
    area.focus();
    area.setSelectionRange(from, area.value.length);
    const data = new DataTransfer();
    data.setData('text/plain', text);
    const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
    if (area.dispatchEvent(event)) document.execCommand('insertText', false, text);
  }, [text, from]);

const github = (signed, received = signed, more = '') => `POST /hook HTTP/1.1\nHost: x.example\n${more}X-Hub-Signature-256: sha256=${hmac(signed)}\n\n${received}`;
const TWILIO = `Content-Type: application/x-www-form-urlencoded\nX-Twilio-Signature: ${hmac('https://x.example/hA1', 'base64', 'sha1')}\n\nA=1`;

const twilio = (request, url = '') => ({ request, url, scheme: 'twilio' });
const SOCKET = `X-Twilio-Signature: ${hmac('wss://x.example/h', 'base64', 'sha1')}\n\n`;

for (const [name, given, kind] of [
  ['a host without https', twilio(`POST /h HTTP/1.1\nHost: y.example\n${TWILIO}`, 'x.example/h'), 'url_relative'],
  ['a path, of which Host is known', twilio(`POST /h HTTP/1.1\nHost: x.example\n${TWILIO}`, '/h'), 'url_relative'],
  ['a path in JSON', twilio(JSON.stringify({ url: '/h', headers: { host: 'x.example', ...Object.fromEntries(TWILIO.split('\n').slice(0, 2).map((line) => line.split(': '))) }, body: 'A=1' })), 'url_relative'],
  ['a request whose host a proxy has moved', twilio(`POST /h HTTP/1.1\nX-Forwarded-Host: x.example\n${TWILIO}`)],
]) {
  test(`the core says what a URL lacks: ${name}`, async () => {
    await fill(given);
    await page.locator(`.cause.proved${kind ? `[data-kind=${kind}]` : ''}`).first().waitFor();
    await page.locator('#url').fill('https://x.example/h');
    await verdict('Verified');
  });
}

test('the URL of a socket is one', async () => {
  await fill(twilio(`GET /h HTTP/1.1\nHost: x.example\n${SOCKET}`, 'wss://x.example/h'));
  await verdict('Verified');
});

test('a scheme that signs no more than the path needs no host', async () => {
  const path = `/${hmac('300x200/a.jpg', 'base64', 'sha1').replaceAll('+', '-').replaceAll('/', '_')}/300x200/a.jpg`;
  await fill({ request: `GET ${path} HTTP/1.1\nX: 1\n\n`, scheme: 'thumbor' });
  await verdict('Verified');
  await fill({ request: 'X: 1\n\n', scheme: 'thumbor', url: path });
  await verdict('Verified');
});

const OLD = `POST / HTTP/1.1\nHost: x\nStripe-Signature: t=1700000000,v1=${hmac('1700000000.{}')}\n\n{}`;

for (const [button, request] of [
  ['Check it without its age', OLD],
  ['Check it with LF', github('a\nb').replaceAll('\n', '\r\n')],
  ['Check it without the line break', github('{"a":1}', '{"a":1}\n', 'Content-Length: 7\n')],
  ['Meta', github('{}')],
]) {
  test(`the keyboard goes on in the answer: ${button}`, async () => {
    await fill({ request: '' });
    await paste(request);
    const pressed = page.locator('#result').getByRole('button', { name: button });
    await pressed.focus();
    await page.keyboard.press('Enter');
    await pressed.waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement.id), 'result');
    // The verdict is in sight.
    const { y, height } = await page.locator('#verdict').boundingBox();
    assert.ok(y >= 0 && y + height <= page.viewportSize().height, `${y}`);
  });
}

for (const end of ['\n', '\r\n']) {
  test(`a line break that Content-Length does not count is not blamed on the way alone: ${JSON.stringify(end)}`, async () => {
    const request = github('{"a":1}', `{"a":1}${end}`, 'Content-Length: 7\n');
    await opened.explain({ request: Buffer.from(request), secret: SECRET });
    await told('Content-Length says 7 bytes');
    await page.getByRole('button', { name: 'Check it without the line break' }).click();
    await verdict('Verified');
    // The file keeps its name.
    assert.match(await page.locator('#request-note').textContent(), /^request\.http · /);
    // Within a fence the body does not end the text.
    for (const other of [`\`\`\`\n${request}\n\`\`\`\n`, request.replace(/Content-Length.*\n/, ''), request.replace('Length: 7', `Length: ${7 + end.length}`)]) {
      await opened.explain({ request: Buffer.from(other), secret: SECRET });
      await page.locator('[data-kind=body_newline_added]').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Check it without the line break' }).count(), 0);
    }
  });
}

test('that the text area has turned CR LF into LF is said until another text stands in it', async () => {
  const note = () => page.locator('#request-note').textContent();
  const body = '{\r\n"a":1}';
  await fill({ request: '' });
  await paste(github(body).replace(/\r?\n/g, '\r\n'));
  await verdict('Verified');
  assert.doesNotMatch(await note(), /text area/);
  await page.keyboard.press('Control+Home');
  await page.keyboard.type(' ');
  await page.keyboard.press('Backspace');
  await page.locator('[data-kind=body_lf]').waitFor();
  await told('The text area has turned CR LF into LF');
  assert.match(await note(), /the text area has turned CR LF into LF/);
  await paste(github('{}'));
  await verdict('Verified');
  assert.doesNotMatch(await note(), /text area/);
  // Into a text that is there already.
  const head = github(body).split(body)[0];
  await page.locator('#request').fill(head);
  await paste(body, head.length);
  await told('The text area has turned CR LF into LF');
  // It is no reason of another mistake.
  const other = github(body.replace('\r', ''), '');
  await page.locator('#request').fill(other);
  await paste(body, other.length);
  await page.locator('#secret').fill(` ${SECRET} `);
  await page.locator('[data-kind=key_whitespace]').waitFor();
  assert.match(await note(), /text area/);
  assert.equal(await page.locator('.verdict').getByText('text area').count(), 0);
  // A file is what it is.
  await page.locator('#file').setInputFiles({ name: 'a.http', mimeType: 'text/plain', buffer: Buffer.from(github('{}')) });
  await page.locator('#request-note').getByText('a.http').waitFor();
  assert.doesNotMatch(await note(), /text area/);
});

test('of CR LF in the head nothing is lost, and nothing of a text that another took the place of', async () => {
  const note = page.locator('#request-note');
  const open = async (body) => {
    await fill({ request: '' });
    await page.locator('#file').setInputFiles({ name: 'a.http', mimeType: 'text/plain', buffer: Buffer.from(github(body).replace(/\r?\n/g, '\r\n')) });
    await verdict('Verified');
    await page.locator('#request').focus();
  };
  await open('{}');
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' ');
  await verdict('Refused');
  assert.doesNotMatch(await note.textContent(), /text area/);

  await open('{\r\n}');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('X: 1');
  await note.getByText('1 header, body of 0 bytes').waitFor();
  assert.doesNotMatch(await note.textContent(), /text area/);
});

test('the button that leaves out the line break goes by the text as it is', async () => {
  const request = github('{"a":1}', '{"a":1}\n', 'Content-Length: 7\n');
  await fill({ request });
  await page.getByRole('button', { name: 'Check it without the line break' }).waitFor();
  // Pressed before the text that was changed is looked at.
  await page.locator('#request').evaluate((area) => {
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    document.execCommand('delete');
    [...document.querySelectorAll('.verdict button')].at(-1).click();
  });
  await verdict('Verified');
  assert.equal(await page.locator('#request').inputValue(), request.slice(0, -1));
});

test('a key that has an id with it is asked for as a whole', async () => {
  await fill({ request: 'POST / HTTP/1.1\nHost: x\nPAYPAL-TRANSMISSION-ID: 1\nPAYPAL-TRANSMISSION-SIG: AAAA\n\n{}', secret: '', scheme: 'paypal' });
  await told('Add the webhook id, a colon and the certificate of the endpoint');
  await page.locator('.scheme .facts').getByText('as webhook id, colon, certificate').waitFor();
  // No scheme shows a name of the core in place of words.
  for (const scheme of await page.locator('#scheme option:not([value=""])').evaluateAll((options) => options.map(({ value }) => value))) {
    await page.locator('#scheme').selectOption(scheme);
    const written = await page.locator('.scheme .facts div', { has: page.locator('dt', { hasText: /^Secret$/ }) }).locator('dd').textContent();
    assert.match(written, /^(?:as|in) /, scheme);
  }
});

for (const [url, body, sent = url] of [
  ['https://x.example', 'A=1', 'https://x.example/'],
  ['https://x.example/h?x=ä', 'A=1', 'https://x.example/h?x=%C3%A4'],
  ['https://X.example/h', 'A=1', 'https://x.example/h'],
  ['https://x.example/a b#c', 'A=1', 'https://x.example/a%20b'],
  ['https://x.example/h', '\ufeff{"a":1}'],
  ['https://user:pw@x.example/h', 'A=1', 'https://x.example/h'],
  ['https://x.example/h?', 'A=1'],
]) {
  test(`what is signed here verifies as it is sent: ${url} ${JSON.stringify(body)}`, async () => {
    await page.getByRole('tab', { name: 'Sign' }).click();
    for (const [id, value] of Object.entries({ secret: SECRET, url, body })) await page.locator(`#sign-${id}`).fill(value);
    await page.locator('#sign-scheme').selectOption('square');
    await page.locator('#signed').getByText('--scheme square ').waitFor();
    // The form is read a moment after the last key.
    await page.locator('#sign-form').evaluate((form) => form.requestSubmit());
    const line = await page.locator('#curl').textContent();
    assert.ok(line.endsWith(` ${sent}`) || line.endsWith(` '${sent}'`), line);
    assert.ok(line.includes(body), line);
    await page.getByRole('button', { name: 'Explain this request' }).click();
    await page.locator('.checks').waitFor();
    await verdict('Verified');
  });
}
