// What the shell calls, with the names and shapes of the Node addon.
import './hot-outside.mjs';
import { LoginClient, LoginOutcome } from './client.mjs';
import * as module from './countermark.js';
import { listErrors } from './loaded.mjs';
import { abiVersion, version } from './version.mjs';

/** The file of the module. */
export const MODULE = '@countermark/wasm/countermark.wasm';

export default {
  ...module,
  listErrors,
  // Known before the module is there.
  version: () => version,
  abiVersion: () => abiVersion,
  LoginClient,
  LoginOutcome,
  Abort: AbortController,
  // Nothing to hold: a promise of `fetch` is JavaScript's own.
  Calls: class {},
};
