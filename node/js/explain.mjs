// Why a webhook failed, and the tables for people and tools.
import native from './native.cjs';
import { translated, translatedClass } from './errors.mjs';
import { nativeRequest } from './headers.mjs';

const Explainer = translatedClass(native.WebhookExplainer);

export class WebhookExplainer {
  #native;

  constructor(config) {
    this.#native = new Explainer(config);
  }

  explain(request, body, nowMs = Date.now()) {
    return this.#native.explain(nativeRequest(request), body, nowMs);
  }
}

export const listSchemes = translated(native.listSchemes);
export const listCauses = translated(native.listCauses);
