// The SecureSign authentication API.
import native from './native.cjs';
import { translated, translatedClass } from './errors.mjs';
import { abortable } from './login.mjs';

const Native = translatedClass(native.SecureSignClient);
for (const name of ['SecureSignHint', 'SecureSignValidateCall', 'SecureSignSessionCall']) translatedClass(native[name]);

export class SecureSignClient {
  #native;

  constructor({ apiKey, ...config }) {
    this.#native = new Native(config, apiKey);
  }

  async validate(origin, platform, { signal } = {}) {
    return abortable(signal, (calls, abort) => this.#native.validate(calls, abort, origin, platform));
  }

  async session(request, { signal } = {}) {
    return abortable(signal, (calls, abort) => this.#native.session(calls, abort, request));
  }

  validateCall(origin, platform) {
    return this.#native.validateCall(origin, platform);
  }

  sessionCall(request) {
    return this.#native.sessionCall(request);
  }

  deepLink(request, { withApiKey } = {}) {
    return this.#native.deepLink(request, withApiKey);
  }

  complete(hint, pending, certificateDer, nowMs = Date.now()) {
    return this.#native.complete(hint, pending, certificateDer, nowMs);
  }
}

const pinSessionIsOpen = translated(native.securesignPinSessionIsOpen);
const rateLimitWaitMs = translated(native.securesignRateLimitWaitMs);

export const readSecuresignCallback = translated(native.readSecuresignCallback);
export const securesignOrigin = translated(native.securesignOrigin);
export const securesignCode = translated(native.securesignCode);
export const securesignPinStatus = translated(native.securesignPinStatus);
export const securesignPinSessionIsOpen = (lastUseMs, { idleMs, nowMs = Date.now() } = {}) => pinSessionIsOpen(lastUseMs, idleMs, nowMs);
export const securesignRateLimitWaitMs = (callsMs, rpm, nowMs = Date.now()) => rateLimitWaitMs(callsMs, rpm, nowMs);
