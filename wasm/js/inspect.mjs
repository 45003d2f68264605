// For tools that look at one request, such as the debugger in `debugger/`: a service has no use for these.
import native from './native.mjs';
import { translated, translatedClass } from './errors.mjs';
import { nativeRequest } from './headers.mjs';

const Explainer = translatedClass(native.WebhookExplainer);
const candidates = translated(native.candidateSchemes);
const detect = translated(native.detectScheme);

/** As `WebhookExplainer`, for whoever may see the request anyway. */
export class WebhookInspector {
  #native;

  constructor(config) {
    this.#native = new Explainer(config);
  }

  /** The explanation, with `content`: the signed bytes part by part, and where those that arrived differ from them. */
  inspect(request, body, nowMs = Date.now()) {
    const { explanation, content } = this.#native.inspect(nativeRequest(request), body, nowMs);
    return { ...explanation, content };
  }
}

/** A whole HTTP request as it was saved: `{method, url, headers, body, form}`. */
export const readSavedRequest = translated(native.readSavedRequest);

/** The schemes that a request may be of, the likeliest first: `{scheme, isWhole, seen}`. */
export const candidateSchemes = (request, body) => candidates(nativeRequest(request), body);

/** The scheme of a request: the candidate under which a key fits best, the likeliest if none fits. */
export const detectScheme = (keys, request, body, nowMs = Date.now()) => detect(keys, nativeRequest(request), body, nowMs);
