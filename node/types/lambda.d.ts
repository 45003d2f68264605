import type { VerifiedWebhook } from './index.js';
import type { ReceiverOptions } from './receiver.js';

interface LambdaAnswer {
  statusCode: number;
  headers?: Record<string, string>;
  /** In place of `headers`, for a load balancer that asks in this form. */
  multiValueHeaders?: Record<string, string[]>;
  body: string;
  isBase64Encoded: boolean;
}

/**
 * A Lambda handler, behind an API Gateway (payload 1.0 and 2.0), a function URL or a load balancer. Give it a `store`: the memory of
 * one instance forgets. Schemes that sign the raw query want payload 2.0: elsewhere the query is put together again, and another order or
 * spelling than the sender's is refused.
 *
 * `handler` gets verified webhooks only, each once. The sender gets the answer that it returns, an object with a `statusCode`, or else the one
 * that it wants to hear. When it throws, so does the function; then, and after a 4xx or 5xx, the webhook may come again.
 */
export function webhook<Event = unknown, Context = unknown>(
  options: ReceiverOptions,
  handler: (webhook: VerifiedWebhook, event: Event, context: Context) => unknown,
): (event: Event, context?: Context) => Promise<LambdaAnswer>;
