// Chromium and Firefox: one page, in which the rows take turns. Here `verifyAsync` leaves every body to `crypto.subtle`, however short, so
// that the table shows from which length on that is faster: `LONG` in js/outside.mjs is what came out.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launch } from '../adapters/launch.mjs';
import { table } from './table.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const built = here('../built/bench/');
const SIZES = [256, 1024, 2048, 4096, 6144, 8192, 12_288, 16_384, 32_768, 65_536];
const ROWS = ['countermark', 'countermark, verifyAsync', 'crypto.subtle, kept key'];
// Without the last two a page's clock is too coarse.
const HEADERS = { 'cache-control': 'no-store', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
const KINDS = { mjs: 'text/javascript', wasm: 'application/wasm' };

/** The package, with a threshold of nothing. */
const always = {
  name: 'always outside',
  setup: ({ onLoad }) =>
    onLoad({ filter: /full\/outside\.mjs$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const contents = source.replace(/export const LONG = .*/, 'export const LONG = 0;');
      if (contents === source) throw new Error('no threshold');
      return { contents };
    }),
};

/** The table of this browser. */
export async function measureBrowser(name) {
  await build({
    ...{ bundle: true, format: 'esm', target: 'es2024', outdir: built, outExtension: { '.js': '.mjs' }, logLevel: 'warning', external: ['node:*'] },
    ...{ entryPoints: { page: here('page.mjs') }, conditions: ['browser'], plugins: [always] },
  });
  const server = createServer((request, response) => {
    const kind = KINDS[request.url.split('.').pop()];
    response.writeHead(200, { ...HEADERS, 'content-type': kind ?? 'text/html' });
    response.end(kind ? readFileSync(`${built}${request.url.slice(1)}`) : '<!doctype html><script type="module" src="/page.mjs"></script>');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  await measure(name, `http://127.0.0.1:${server.address().port}/`);
  server.close();
}

async function measure(name, url) {
  const browser = await launch(name);
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.goto(url);
  await page.waitForFunction(() => globalThis.time);
  await table(
    `${(await browser.version()).replace(/^Headless/, '').replace(/^f/, 'F').split('.')[0].replace('/', ' ')}, verifyAsync always by crypto.subtle`,
    { names: () => ROWS, time: (size, row, calls) => page.evaluate((...asked) => globalThis.time(...asked), size, row, calls) },
    SIZES,
  );
  await browser.close();
}
