import type { VerifiedWebhook } from './index.js';
import type { ReceiverOptions } from './receiver.js';

/**
 * A handler for one route: `app.all('/hooks/github', webhook(options, handler))`. Mount it before a middleware that reads the body.
 *
 * `handler` gets verified webhooks only, each once. The sender gets the `Response` that it returns, or else the answer that it wants to hear.
 * When it throws, or answers with 4xx or 5xx, the webhook may come again; Hono answers what it threw. The type of its context
 * is that of the place where it is mounted.
 */
export function webhook<Route extends (context: any, ...rest: any) => Promise<Response>>(
  options: ReceiverOptions,
  handler: Route extends (context: infer Context, ...rest: any) => unknown ? (webhook: VerifiedWebhook, context: Context) => unknown : never,
): Route;
