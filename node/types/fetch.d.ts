import type { VerifiedWebhook } from './index.js';
import type { ReceiverOptions } from './receiver.js';

/**
 * A handler of plain `fetch`, such as `export default { fetch: webhook(options, handler) }`, `Deno.serve(webhook(…))` or a Vercel edge
 * function. Call it before anything that reads the body.
 *
 * `handler` gets verified webhooks only, each once, and whatever else the handler was called with. When it returns, the sender gets its
 * 200; when it throws, so does this, and the webhook may come again.
 */
export function webhook<Rest extends unknown[]>(
  options: ReceiverOptions,
  handler: (webhook: VerifiedWebhook, request: Request, ...rest: Rest) => unknown,
): (request: Request, ...rest: Rest) => Promise<Response>;
