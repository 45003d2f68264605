import type { VerifiedWebhook } from './index.js';
import type { ReceiverOptions } from './receiver.js';

interface HonoContext {
  req: { raw: Request };
}

/**
 * A handler for one route: `app.all('/hooks/github', webhook(options, handler))`. Mount it before a middleware that reads the body.
 *
 * `handler` gets verified webhooks only, each once. The sender gets the `Response` that it returns, or else the answer that it wants to hear.
 * When it throws, or answers with 5xx, the webhook may come again; Hono answers what it threw.
 */
export function webhook<Context extends HonoContext>(
  options: ReceiverOptions,
  handler: (webhook: VerifiedWebhook, context: Context) => unknown,
): (context: Context) => Promise<Response>;
