// The small build: queries, and webhooks of the table whose signature is an HMAC, a hash or a token. A scheme with a public key, and a
// scheme of your own, give `CM_UNSUPPORTED`.
import type { WebhookOptions as Options, WebhookVerifier as Verifier } from './index.js';

export { CountermarkError, SignedQueryVerifier, abiVersion, listErrors, version } from './index.js';
export type {
  Bytes,
  Data,
  ErrorClass,
  ErrorCode,
  ErrorInfo,
  HeaderSource,
  KeyEncoding,
  QueryKey,
  QueryProfile,
  Result,
  SignedQueryVerifierOptions,
  VerifiedQuery,
  VerifiedWebhook,
  WebhookKey,
  WebhookRequest,
} from './index.js';

export interface WebhookOptions extends Omit<Options, 'scheme' | 'spec'> {
  /** The id of a scheme, such as `github`. */
  scheme: string;
}

/** Verifies webhooks of one scheme. */
export type WebhookVerifier = Omit<Verifier, 'siteOrigin'>;
export const WebhookVerifier: new (options: WebhookOptions) => WebhookVerifier;
