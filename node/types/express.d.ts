import type { VerifiedWebhook } from './index.js';
import type { ReceiverOptions } from './receiver.js';

interface ExpressRequest {
  headers: { [name: string]: string | string[] | undefined };
  rawHeaders: string[];
  originalUrl: string;
  method: string;
}

interface ExpressResponse {
  headersSent: boolean;
  statusCode: number;
}

/**
 * A handler for one route: `app.all('/hooks/github', webhook(options, handler))`. Mount it before body parsers.
 *
 * `handler` gets verified webhooks only, each once. When it returns, the sender gets the answer that it wants to hear, unless the handler has
 * answered. When it throws, or has answered with 5xx, the webhook may come again; what it threw goes to `next`.
 */
export function webhook<Request extends ExpressRequest, Response extends ExpressResponse>(
  options: ReceiverOptions,
  handler: (webhook: VerifiedWebhook, req: Request, res: Response) => unknown,
): (req: Request, res: Response, next: (error?: unknown) => void) => Promise<void>;
