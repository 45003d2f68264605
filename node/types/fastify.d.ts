import type { VerifiedWebhook } from './index.js';
import type { ReceiverOptions } from './receiver.js';

/**
 * A plugin for one route: `fastify.register(webhook(options, handler), { prefix: '/hooks/github' })`.
 *
 * `handler` gets verified webhooks only, each once. When it returns, the sender gets its 200; when it throws, the webhook may come
 * again, and Fastify answers the error.
 */
export function webhook<Request = unknown, Reply = unknown>(
  options: ReceiverOptions,
  handler: (webhook: VerifiedWebhook, request: Request, reply: Reply) => unknown,
): (fastify: any) => Promise<void>;
