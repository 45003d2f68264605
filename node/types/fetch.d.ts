import type { VerifiedWebhook } from './index.js';
import type { ReceiverOptions } from './receiver.js';

/**
 * A handler of plain `fetch`, such as `export default { fetch: webhook(options, handler) }`, `Deno.serve(webhook(…))` or a Vercel edge
 * function. Where an event is handed over, `({ request }) => hook(request)`. Call it before anything that reads the body.
 *
 * `handler` gets verified webhooks only, each once, and whatever else the handler was called with. The sender gets the `Response` that it
 * returns, or an object with a `status` of 200 to 599 as Azure Functions take it, or one with it in `init` as React Router's `data`, or else
 * the answer that it wants to hear. When it throws or returns an `Error`, this throws; then, and after a 4xx or 5xx, the webhook may come again.
 *
 * What it is called with may have a `waitUntil`, as the context of a Worker: then the work goes on where the sender hangs up.
 */
export function webhook<Rest extends unknown[], Returned = unknown>(
  options: ReceiverOptions,
  handler: (webhook: VerifiedWebhook, request: Request, ...rest: Rest) => Returned,
): (request: Request, ...rest: [...Rest, ...unknown[]]) => Promise<Response | Extract<Awaited<Returned>, { status: number } | { init: { status?: number | undefined } | null }>>;
