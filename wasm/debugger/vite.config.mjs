// One page, one classic script, one style sheet. The policy forbids the page to fetch anything, so the WebAssembly module stands in
// the script; and the script is no module, since a browser does not load modules from a saved copy.
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';

/** `import base64 from './x.wasm?base64'`. */
const base64 = {
  name: 'base64',
  enforce: 'pre',
  load(id) {
    const [file, query] = id.split('?');
    if (query === 'base64') return `export default ${JSON.stringify(readFileSync(file).toString('base64'))}`;
  },
};

const classicScript = {
  name: 'classic-script',
  enforce: 'post',
  transformIndexHtml: (html) => html.replace(/<script type="module" crossorigin (src="[^"]*")><\/script>/, '<script defer $1></script>').replace(/<link rel="stylesheet" crossorigin/g, '<link rel="stylesheet"'),
};

const headers = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

export default defineConfig({
  base: './',
  plugins: [base64, classicScript],
  build: {
    target: 'es2022',
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
    rollupOptions: { output: { format: 'iife', entryFileNames: 'debugger.js', assetFileNames: 'debugger[extname]' } },
  },
  preview: { headers, strictPort: false },
});
