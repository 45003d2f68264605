// Whether the module is there.
import * as glue from './countermark.js';

/** The glue knows, and does not say. */
export function isLoaded() {
  try {
    glue.abiVersion();
    return true;
  } catch {
    return false;
  }
}

/** Every error asks for its row, so here ends whatever is called too early, and no other call has to look. */
export function listErrors() {
  if (!isLoaded()) throw new Error('the WebAssembly module is not loaded: call init, and wait for it, before anything else');
  return glue.listErrors();
}
