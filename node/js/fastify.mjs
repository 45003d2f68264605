// Webhooks in Fastify: `fastify.register(webhook(options, handler), { prefix: '/hooks/github' })`.
import { WebhookReceiver, collectRequest } from './receiver.mjs';

export function webhook(options, handler) {
  const receiver = new WebhookReceiver(options);
  // A plugin has its own body parsers, so those of the other routes stay as they are.
  return async (fastify) => {
    fastify.removeAllContentTypeParsers();
    // A parser of Fastify's would refuse a long body by itself, and nobody would be told.
    fastify.addContentTypeParser('*', (request, stream, done) => done(null, stream));
    fastify.route({
      method: ['GET', 'POST'],
      url: '/',
      handler: async (request, reply) => {
        const received = { method: request.method, target: request.raw.url, headers: request.raw.rawHeaders };
        const body = collectRequest(request.body, receiver.maxBodyBytes, request.headers);
        const answer = await receiver.receive(received, body, async (webhook) => {
          await handler(webhook, request, reply);
          return reply.sent ? reply.statusCode : undefined;
        });
        if (!answer) return reply;
        // What was not read is not wanted. A connection of HTTP/2 is for other requests too, and has no such header.
        if (!request.raw.complete && request.raw.httpVersionMajor === 1) reply.header('connection', 'close');
        return reply.code(answer.status).headers(answer.headers).send(Buffer.from(answer.body));
      },
    });
  };
}
