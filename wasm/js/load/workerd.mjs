// Cloudflare Workers: an import of a module gives it compiled, and nothing may be fetched at load.
import module from './countermark.wasm';
import { initSync } from './countermark.js';

initSync({ module });

export * from './index.mjs';
