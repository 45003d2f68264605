// What the shell calls of the small build.
import './hot.mjs';
import * as module from './countermark.js';
import { listErrors } from './loaded.mjs';
import { abiVersion, version } from './version.mjs';

/** The file of the module. */
export const MODULE = '@countermark/wasm/verifier.wasm';

// The versions are known before the module is there.
export default { ...module, listErrors, version: () => version, abiVersion: () => abiVersion };
