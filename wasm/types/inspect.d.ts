import type { Bytes, Data, WebhookExplanation, WebhookKey, WebhookOptions, WebhookRequest } from './index.js';

/** A whole HTTP request as it was saved. */
export interface SavedRequest {
  readonly method: string;
  /** That of the request line, or `https://`, the host and the path. */
  readonly url: string;
  /** In their order, repeated ones too. Values are bytes, each as one character. */
  readonly headers: [name: string, value: string][];
  readonly body: Bytes;
  /** What became of the chunks of the body: there were none, they were joined here, or somebody had joined them before. */
  readonly form: 'whole' | 'joined' | 'joined_before';
}

/** Reads it: request line or the pseudo headers of HTTP/2, headers, blank line, body. @throws `CM_INVALID_INPUT`, `CM_TOO_LARGE` */
export function readSavedRequest(saved: Data): SavedRequest;

export interface SchemeCandidate {
  readonly scheme: string;
  /** Whether everything that the scheme needs is there and well formed. */
  readonly isWhole: boolean;
  /** The headers and parameters of the scheme that the request has. */
  readonly seen: string[];
}

/** The schemes that a request may be of, the likeliest first. Several sign alike: only a key can tell them apart. */
export function candidateSchemes(request: WebhookRequest, body: Data): SchemeCandidate[];

/** The scheme of a request: of the candidates the one under which a key fits best, and the likeliest if no key fits. */
export function detectScheme(keys: WebhookKey[], request: WebhookRequest, body: Data, nowMs?: number): string | undefined;

export interface SignedPart {
  /** What it is, such as `body`, or `literal` for text of the scheme. */
  readonly name: string;
  /** Empty for a `secret`. */
  readonly bytes: Bytes;
}

/** What a signature is over. */
export interface SignedContent {
  readonly received: SignedPart[];
  /** What the sender has signed, where a cause brings it back; else none. */
  readonly signed: SignedPart[];
  /** Where the two differ, as offsets into their parts joined. */
  readonly differences: { readonly received: [start: number, end: number]; readonly signed: [start: number, end: number] }[];
}

/** As `WebhookExplainer`, with the signed bytes, for whoever may see the request anyway. */
export class WebhookInspector {
  constructor(options: WebhookOptions);
  /** `content` is absent when the request cannot be taken apart. */
  inspect(request: WebhookRequest, body: Data, nowMs?: number): WebhookExplanation & { readonly content?: SignedContent };
}
