import type { VerifiedWebhook } from './index.js';
import type { ReceiverOptions } from './receiver.js';

interface HonoContext {
  req: { raw: Request };
}

/**
 * A handler for one route: `app.all('/hooks/github', webhook(options, handler))`. Mount it before a middleware that reads the body.
 *
 * `handler` gets verified webhooks only, each once. When it returns, the sender gets its 200; when it throws, the webhook may come
 * again, and Hono answers the error.
 */
export function webhook<Context extends HonoContext>(
  options: ReceiverOptions,
  handler: (webhook: VerifiedWebhook, context: Context) => unknown,
): (context: Context) => Promise<Response>;
