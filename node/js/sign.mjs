// Signing queries and webhooks.
import native from './native.cjs';
import { translatedClass } from './errors.mjs';
import { nativeRequest } from './headers.mjs';

const QuerySigner = translatedClass(native.QuerySigner);
const NativeWebhookSigner = translatedClass(native.WebhookSigner);

export class SignedQuerySigner {
  #native;

  constructor(config) {
    this.#native = new QuerySigner(config);
  }

  sign(fields, { nowMs = Date.now(), entropy = crypto.getRandomValues(new Uint8Array(16)) } = {}) {
    return this.#native.sign(Array.isArray(fields) ? fields : Object.entries(fields), nowMs, entropy);
  }
}

export class WebhookSigner {
  #native;

  constructor(config) {
    this.#native = new NativeWebhookSigner(config);
  }

  sign(request, body, { messageId, nowMs = Date.now() } = {}) {
    return withoutSecrets(this.#native.sign(nativeRequest(request), body, messageId, nowMs));
  }
}

/** A log shows the names of the headers only: who has the signed address, query or body has what it opens. */
function withoutSecrets(signed) {
  const shown = { headers: signed.headers.map(([name]) => name) };
  return Object.defineProperty(signed, Symbol.for('nodejs.util.inspect.custom'), { value: () => shown });
}
