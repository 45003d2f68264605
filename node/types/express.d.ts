import type { VerifiedWebhook } from './index.js';
import type { ReceiverOptions } from './receiver.js';

/** What Node's own servers, over HTTP/1 and HTTP/2, and those that are built on them have in common. */
interface NodeRequest {
  headers: { [name: string]: string | string[] | undefined };
  rawHeaders: string[];
  url?: string | undefined;
  method?: string | undefined;
}

/** Where a place takes anything, as `app.use` of Nest does, the type of the route is `any`. */
type IsAny<T> = 0 extends 1 & T ? true : false;
type Fits<Route extends (req: any, res: any, next?: any) => unknown> = IsAny<Route> extends true ? unknown : Parameters<Route>[0] extends NodeRequest ? unknown : never;
type Handler<Request, Response> = (webhook: VerifiedWebhook, req: Request, res: Response) => unknown;

/**
 * A handler for one route: `app.all('/hooks/github', webhook(options, handler))`. Mount it before body parsers, unless they keep the raw
 * bytes: it takes a `req.rawBody` or `req.body` that is a `Buffer`.
 *
 * `handler` gets verified webhooks only, each once. When it returns, the sender gets the answer that it wants to hear, unless the handler has
 * answered. When it throws or returns an `Error`, or has answered with 4xx or 5xx, the webhook may come again; the error goes to `next`, or
 * rejects the promise where there is none. The types of `req` and `res` are those of the place where it is mounted.
 */
export function webhook<Route extends (req: any, res: any, next?: any) => unknown>(
  options: ReceiverOptions & Fits<Route>,
  handler: IsAny<Route> extends true ? Handler<any, any> : Route extends (req: infer Request, res: infer Response, next?: any) => unknown ? Handler<Request, Response> : never,
): Route;
