// What to answer the sender of a webhook.
import native from './native.cjs';
import { translated } from './errors.mjs';
import { nativeRequest } from './headers.mjs';

const answer = translated(native.answerWebhookHandshake);

export const answerWebhookHandshake = (scheme, request, body, secret) => answer(scheme, secret, nativeRequest(request), body);
export const webhookErrorStatus = translated((scheme, error) => native.webhookErrorStatus(scheme, error.number));
export const webhookHandshakeSecret = translated(native.webhookHandshakeSecret);
export const webhookHandshakeOrder = translated(native.webhookHandshakeOrder);
export const webhookSuccess = translated(native.webhookSuccess);
