// Browsers, with a bundler or without: those that copy files know this form of an address.
import load from './countermark.js';

await load({ module_or_path: new URL('./countermark.wasm', import.meta.url) });

export * from './index.mjs';
