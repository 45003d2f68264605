import type { VerifiedWebhook } from './index.js';
import type { ReceiverOptions } from './receiver.js';

/**
 * A plugin for one route: `fastify.register(webhook(options, handler), { prefix: '/hooks/github' })`.
 *
 * `handler` gets verified webhooks only, each once. When it returns, the sender gets the answer that it wants to hear, unless the handler has
 * sent a reply. When it throws, or has replied with 4xx or 5xx, the webhook may come again; Fastify answers what it threw.
 */
export function webhook<Request = any, Reply = any>(
  options: ReceiverOptions,
  handler: (webhook: VerifiedWebhook, request: Request, reply: Reply) => unknown,
): (fastify: any) => Promise<void>;
