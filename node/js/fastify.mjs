// Webhooks in Fastify: `fastify.register(webhook(options, handler), { prefix: '/hooks/github' })`.
import { WebhookReceiver } from './receiver.mjs';

export function webhook(options, handler) {
  const receiver = new WebhookReceiver(options);
  // A plugin has its own body parsers, so those of the other routes stay as they are.
  return async (fastify) => {
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: receiver.maxBodyBytes }, (request, body, done) => done(null, body));
    fastify.route({
      method: ['GET', 'POST'],
      url: '/',
      handler: async (request, reply) => {
        const received = { method: request.method, target: request.raw.url, headers: request.raw.rawHeaders };
        const body = request.body ?? new Uint8Array();
        const answer = await receiver.receive(received, body, (webhook) => handler(webhook, request, reply));
        if (reply.sent) return reply;
        return reply.code(answer.status).headers(answer.headers).send(Buffer.from(answer.body));
      },
    });
  };
}
