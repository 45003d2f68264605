// The adapter in a page, under a policy that lets WebAssembly run and nothing else that is unsafe: node browser.mjs chromium | firefox
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { batches } from '../../tests/adapters/node/lines.mjs';
import { launch } from './launch.mjs';

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

const browser = await launch(process.argv[2]);
const page = await browser.newPage();
page.on('pageerror', (error) => console.error(error));
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.waitForFunction(() => globalThis.answerAll);
for await (const batch of batches(process.stdin)) process.stdout.write(await page.evaluate((lines) => answerAll(lines), batch));
await browser.close();
server.close();
