// Vercel's edge runtime: as in Cloudflare Workers, with a mark that its bundler asks for.
import module from './countermark.wasm?module';
import { initSync } from './countermark.js';

initSync({ module });

export * from './index.mjs';
