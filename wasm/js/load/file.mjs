// Node, Deno and Bun: the module is a file beside this one.
import { readFileSync } from 'node:fs';
import { initSync } from './countermark.js';

initSync({ module: readFileSync(new URL('./countermark.wasm', import.meta.url)) });

export * from './index.mjs';
