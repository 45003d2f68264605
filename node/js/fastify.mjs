// Webhooks in Fastify: `fastify.register(webhook(options, handler), { prefix: '/hooks/github' })`.
import { WebhookReceiver, collectRequest, orThrown } from './receiver.mjs';
import { leaveUnread } from './unread.mjs';

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
        const received = { method: request.method, target: request.originalUrl, headers: request.raw.rawHeaders };
        // Without a header that tells of a body no parser runs. HTTP/2 needs none.
        const body = collectRequest(request.body ?? request.raw, receiver.maxBodyBytes, request.headers);
        const answer = await receiver.receive(received, body, async (webhook) => {
          if (await sends(reply, () => handler(webhook, request, reply))) return reply.statusCode;
          return reply.sent ? reply.statusCode : undefined;
        });
        if (!answer) return reply;
        leaveUnread(request.raw, (name, value) => reply.header(name, value));
        return reply.code(answer.status).headers(answer.headers).send(Buffer.from(answer.body));
      },
    });
  };
}

/** Whether the call sends a reply. A hook or a stream may hold it back for a while: `sent` is false until then, and the status may change. */
async function sends(reply, call) {
  const { send } = reply;
  let isCalled = false;
  reply.send = (...payload) => {
    isCalled = true;
    return send.apply(reply, payload);
  };
  try {
    orThrown(await call());
  } finally {
    delete reply.send;
  }
  // Whether it arrives changes nothing.
  if (isCalled) await Promise.allSettled([reply]);
  return isCalled;
}
