// For programs that bring the bytes of the module themselves. Before that, nothing else of the package works.
import load, { initSync as loadSync } from './countermark.js';

/** @param source an address, or a `Response`, the bytes, or a compiled module, or a promise of these. A second call does nothing. */
export async function init(source) {
  await load({ module_or_path: source });
}

/** @param module the bytes or a compiled module */
export function initSync(module) {
  loadSync({ module });
}

export * from './index.mjs';
