// What the small build has: verifying queries, and webhooks whose signature is an HMAC, a hash or a token.
import native from './native.mjs';

export { CountermarkError } from './errors.mjs';
export { SignedQueryVerifier } from './query.mjs';
export { WebhookVerifier } from './webhook.mjs';

export const version = native.version();
export const abiVersion = native.abiVersion();
export const listErrors = native.listErrors;
