// The core. The policy forbids the page to fetch the module, so its bytes stand in this script.
import base64 from '../../full/countermark.wasm?base64';
import { initSync } from '../../full/init.mjs';

initSync(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));

export { WebhookSigner, listErrors, listSchemes } from '../../full/index.mjs';
export { WebhookInspector, candidateSchemes, detectScheme, readSavedRequest } from '../../full/inspect.mjs';
