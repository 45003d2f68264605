// What the shell calls of the small build.
import './hot.mjs';
import * as module from './countermark.js';
import { abiVersion, version } from './version.mjs';

// Known before the module is there.
export default { ...module, version: () => version, abiVersion: () => abiVersion };
