import type { VerifiedWebhook } from './index.js';
import type { ReceiverOptions } from './receiver.js';

interface ExpressRequest {
  headers: { [name: string]: string | string[] | undefined };
  rawHeaders: string[];
  originalUrl: string;
  method: string;
}

/**
 * A handler for one route: `app.all('/hooks/github', webhook(options, handler))`. Mount it before body parsers.
 *
 * `handler` gets verified webhooks only, each once. When it returns, the sender gets the answer that it wants to hear, unless the handler has
 * answered. When it throws, or has answered with 5xx, the webhook may come again; what it threw goes to `next`. The types of `req`
 * and `res` are those of the place where it is mounted.
 */
export function webhook<Route extends (req: any, res: any, next: any) => unknown>(
  options: ReceiverOptions & (Parameters<Route>[0] extends ExpressRequest ? unknown : never),
  handler: Route extends (req: infer Request, res: infer Response, next: any) => unknown ? (webhook: VerifiedWebhook, req: Request, res: Response) => unknown : never,
): Route;
