import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { bump, compare, headersOf, resign, setHeader } from './differential.mjs';

const window = { past: 300, future: 300 };
const whsec = (random) => `whsec_${random.bytes(random.int(24, 64)).toString('base64')}`;
const messageId = (random) => `msg_${random.alnum(10, 30)}`;

const standard = {
  scheme: 'standard-webhooks',
  library: 'standardwebhooks',
  window,
  signature: { header: 'webhook-signature' },
  message: (random) => ({ secret: whsec(random), message_id: messageId(random), body: random.text() }),
  accepts(request) {
    new Webhook(request.secret).verify(request.body, headersOf(request), { jsonParse: false });
    return true;
  },
  signs: ({ secret, message_id, now_ms, body }) => ({
    headers: [
      ['webhook-id', message_id],
      ['webhook-timestamp', String(Math.floor(now_ms / 1000))],
      ['webhook-signature', new Webhook(secret).sign(message_id, new Date(now_ms), body)],
    ],
  }),
  changes: {
    'another id': (request, random) => setHeader(request, 'webhook-id', messageId(random)),
    'another time': bump('webhook-timestamp'),
  },
  cases: {
    'a body that is no UTF-8': (request) => resign(standard, { ...request, body: Buffer.from([0x7b, 0xff, 0x7d]) }),
  },
};
compare(standard);

compare({
  scheme: 'svix',
  library: 'svix',
  window,
  signature: { header: 'svix-signature' },
  // The library always parses the body, so only JSON can be accepted.
  message: (random) => ({ secret: whsec(random), message_id: messageId(random), body: random.json() }),
  accepts(request) {
    new SvixWebhook(request.secret).verify(request.body, headersOf(request));
    return true;
  },
  signs: ({ secret, message_id, now_ms, body }) => ({
    headers: [
      ['svix-id', message_id],
      ['svix-timestamp', String(Math.floor(now_ms / 1000))],
      ['svix-signature', new SvixWebhook(secret).sign(message_id, new Date(now_ms), body)],
    ],
  }),
  changes: {
    'another id': (request, random) => setHeader(request, 'svix-id', messageId(random)),
    'another time': bump('svix-timestamp'),
  },
});
