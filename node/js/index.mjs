// Everything but the helpers for frameworks. `types/index.d.ts` describes it.
import native from './native.cjs';
import { translated } from './errors.mjs';

export { CountermarkError } from './errors.mjs';
export { SignedQueryVerifier } from './query.mjs';
export { WebhookVerifier } from './webhook.mjs';
export { SignedQuerySigner, WebhookSigner } from './sign.mjs';
export { WebhookExplainer, listCauses, listSchemes } from './explain.mjs';
export {
  answerWebhookHandshake,
  webhookErrorStatus,
  webhookHandshakeSecret,
  webhookHandshakeOrder,
  webhookSuccess,
} from './handshake.mjs';
export {
  AppLink,
  AuthSession,
  Login,
  LoginClient,
  LoginService,
  SessionSealer,
  accessPassFromBase64,
  accessPassFromPng,
  normalizeSecsignId,
  parseReply,
  safeReturnUrl,
} from './login.mjs';
export { MemoryReplayStore, webhookKeepUntilMs } from './replay.mjs';
export {
  SecureSignClient,
  readSecuresignCallback,
  securesignCode,
  securesignOrigin,
  securesignPinSessionIsOpen,
  securesignPinStatus,
  securesignRateLimitWaitMs,
} from './securesign.mjs';

export const version = native.version();
export const abiVersion = native.abiVersion();
export const listErrors = native.listErrors;
export const listStates = translated(native.listStates);
