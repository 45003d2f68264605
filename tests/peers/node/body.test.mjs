// Schemes that sign the body, alone or with a time beside it.
import '@shopify/shopify-api/adapters/node';
import { validateSignature } from '@line/bot-sdk';
import { LinearWebhookClient } from '@linear/sdk/webhooks';
import * as octokit from '@octokit/webhooks-methods';
import { WebhookEventVerifier } from '@onfido/api';
import { shopifyApi } from '@shopify/shopify-api';
import cloudinary from 'cloudinary';
import * as gocardless from 'gocardless-nodejs/webhooks';
import Razorpay from 'razorpay';
import * as octokitWeb from '../node_modules/@octokit/webhooks-methods/dist-web/index.js';
import { bump, compare, header, setHeader } from './differential.mjs';

const notEmpty = (random) => {
  const body = random.text();
  return body.length > 0 ? body : Buffer.from('{}');
};

const github = {
  scheme: 'github',
  library: '@octokit/webhooks-methods',
  signature: { header: 'X-Hub-Signature-256' },
  message: (random) => ({ secret: random.secret(), body: notEmpty(random) }),
  accepts: (request) => octokit.verify(request.secret, request.body.toString(), header(request, 'X-Hub-Signature-256')),
  signs: async ({ secret, body }) => ({ headers: [['X-Hub-Signature-256', await octokit.sign(secret, body.toString())]] }),
};
compare(github);

const githubWeb = {
  ...github,
  library: '@octokit/webhooks-methods, web build',
  accepts: (request) => octokitWeb.verify(request.secret, request.body.toString(), header(request, 'X-Hub-Signature-256')),
  signs: async ({ secret, body }) => ({ headers: [['X-Hub-Signature-256', await octokitWeb.sign(secret, body.toString())]] }),
  cases: {
    'no prefix': (request) => respell(request, (text) => text.replace('sha256=', '')),
    'no digits at all': (request) => respell(request, () => 'sha256='),
  },
};
function respell(request, change) {
  return setHeader(request, 'X-Hub-Signature-256', change(header(request, 'X-Hub-Signature-256')));
}
compare(githubWeb);

const shopify = shopifyApi({
  apiKey: 'key',
  apiSecretKey: 'secret',
  apiVersion: '2026-07',
  hostName: 'app.example.com',
  isEmbeddedApp: true,
  logger: { level: 0 },
});
compare({
  scheme: 'shopify',
  library: '@shopify/shopify-api',
  signature: { header: 'X-Shopify-Hmac-Sha256' },
  message: (random) => ({
    secret: random.secret(),
    body: notEmpty(random),
    headers: [
      ['X-Shopify-Topic', 'orders/create'],
      ['X-Shopify-Shop-Domain', 'shop.example.com'],
      ['X-Shopify-API-Version', '2026-07'],
      ['X-Shopify-Webhook-Id', random.alnum(10, 20)],
    ],
  }),
  async accepts(request) {
    shopify.config.apiSecretKey = request.secret;
    const rawRequest = { method: 'POST', url: '/webhooks', headers: Object.fromEntries(request.headers) };
    return (await shopify.webhooks.validate({ rawBody: request.body.toString(), rawRequest, rawResponse: {} })).valid;
  },
});

compare({
  scheme: 'line',
  library: '@line/bot-sdk',
  signature: { header: 'X-Line-Signature' },
  message: (random) => ({ secret: random.secret(), body: random.binary() }),
  accepts: (request) => validateSignature(request.body, request.secret, header(request, 'X-Line-Signature')),
});

compare({
  scheme: 'gocardless',
  library: 'gocardless-nodejs',
  signature: { header: 'Webhook-Signature' },
  message: (random) => ({ secret: random.secret(), body: random.binary() }),
  accepts(request) {
    gocardless.verifySignature(request.body, request.secret, header(request, 'Webhook-Signature'));
    return true;
  },
});

compare({
  scheme: 'razorpay',
  library: 'razorpay',
  signature: { header: 'X-Razorpay-Signature' },
  message: (random) => ({ secret: random.secret(), body: random.text() }),
  accepts: (request) =>
    Razorpay.validateWebhookSignature(request.body.toString(), header(request, 'X-Razorpay-Signature'), request.secret),
});

compare({
  scheme: 'onfido',
  library: '@onfido/api',
  signature: { header: 'X-SHA2-Signature' },
  // The library always parses the body, so only JSON can be accepted.
  message: (random) => ({ secret: random.secret(), body: random.json() }),
  accepts: (request) => new WebhookEventVerifier(request.secret).readPayload(request.body, header(request, 'X-SHA2-Signature')),
});

compare({
  scheme: 'linear',
  library: '@linear/sdk',
  window: { past: 60, future: 60 },
  signature: { header: 'Linear-Signature' },
  message(random) {
    const now_ms = random.time();
    return { secret: random.secret(), now_ms, body: random.json({ webhookTimestamp: now_ms }) };
  },
  accepts: (request) => new LinearWebhookClient(request.secret).verify(request.body, header(request, 'Linear-Signature')),
});

compare({
  scheme: 'cloudinary',
  library: 'cloudinary',
  window: { past: 7200, future: 300 },
  signature: { header: 'X-Cld-Signature' },
  message: (random) => ({ secret: random.secret(), body: notEmpty(random) }),
  accepts(request) {
    cloudinary.v2.config({ api_secret: request.secret });
    const time = Number(header(request, 'X-Cld-Timestamp'));
    return cloudinary.v2.utils.verifyNotificationSignature(request.body.toString(), time, header(request, 'X-Cld-Signature'));
  },
  signs({ secret, body, now_ms }) {
    const time = Math.floor(now_ms / 1000);
    const signature = cloudinary.v2.utils.webhook_signature(body.toString(), time, { api_secret: secret });
    return { headers: [['X-Cld-Timestamp', String(time)], ['X-Cld-Signature', signature]] };
  },
  changes: { 'another time': bump('X-Cld-Timestamp') },
});
