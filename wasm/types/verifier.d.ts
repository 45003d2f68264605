// The small build: queries, and webhooks whose signature is an HMAC, a hash or a token. A scheme with a public key gives `CM_UNSUPPORTED`.
export { CountermarkError, MemoryReplayStore, SignedQueryVerifier, WebhookVerifier, abiVersion, listErrors, version } from './index.js';
export type {
  Data,
  Digest,
  ErrorClass,
  ErrorInfo,
  HeaderSource,
  KeyEncoding,
  QueryKey,
  QueryProfile,
  ReplayStore,
  Result,
  SchemeSpec,
  SignedQueryVerifierOptions,
  VerifiedQuery,
  VerifiedWebhook,
  WebhookKey,
  WebhookOptions,
  WebhookRequest,
} from './index.js';
