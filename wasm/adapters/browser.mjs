// The adapter in a page of headless Chromium, under a policy that lets WebAssembly run and nothing else that is unsafe.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';
import { lines } from '../../tests/adapters/node/lines.mjs';

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";
const KINDS = { mjs: 'text/javascript', wasm: 'application/wasm' };
const built = new URL('../built/', import.meta.url);

const server = createServer((request, response) => {
  const kind = KINDS[request.url.split('.').pop()];
  response.setHeader('content-security-policy', POLICY);
  response.setHeader('content-type', kind ?? 'text/html');
  response.end(kind ? readFileSync(new URL(`.${request.url}`, built)) : '<!doctype html><script type="module" src="/page.mjs"></script>');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage();
page.on('pageerror', (error) => console.error(error));
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.waitForFunction(() => globalThis.answer);
for await (const line of lines(process.stdin)) process.stdout.write(`${await page.evaluate((line) => answer(line), line)}\n`);
await browser.close();
server.close();
