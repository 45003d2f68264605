// Schemes that put the time and the signature as `name=value` pairs into one header.
import Mux from '@mux/mux-node';
import { Paddle } from '@paddle/paddle-node-sdk';
import { encodeSignatureHeader, isValidSignature } from '@sanity/webhook';
import { WorkOS } from '@workos-inc/node';
import Stripe from 'stripe';
import { compare, header, resign, setHeader } from './differential.mjs';

const seconds = (ms) => Math.floor(ms / 1000);

/** The time in the header is one later, so the signature is for another moment. */
const anotherTime = (name) => (request) =>
  setHeader(request, name, header(request, name).replace(/^(\w+=)(\d+)/, (_, key, time) => key + (Number(time) + 1)));

const stripe = {
  scheme: 'stripe',
  library: 'stripe',
  window: { past: 300, future: 300 },
  signature: { header: 'Stripe-Signature' },
  message: (random) => ({ secret: `whsec_${random.alnum(32, 32)}`, body: random.text() }),
  accepts: (request) =>
    Stripe.webhooks.signature.verifyHeader(request.body, header(request, 'Stripe-Signature'), request.secret, 300),
  signs: ({ secret, body, now_ms }) => ({
    headers: [
      ['Stripe-Signature', Stripe.webhooks.generateTestHeaderString({ payload: body.toString(), secret, timestamp: seconds(now_ms) })],
    ],
  }),
  changes: { 'another time': anotherTime('Stripe-Signature') },
  cases: {
    'a body with a byte order mark': (request) => resign(stripe, { ...request, body: Buffer.from('\ufeff{}') }),
  },
};
compare(stripe);

const paddleClient = new Paddle('key');
const paddle = {
  scheme: 'paddle',
  library: '@paddle/paddle-node-sdk',
  window: { past: 5, future: 5 },
  signature: { header: 'Paddle-Signature' },
  message: (random) => ({ secret: `pdl_ntfset_${random.alnum(24, 32)}`, body: random.text() }),
  accepts: (request) =>
    paddleClient.webhooks.isSignatureValid(request.body.toString(), request.secret, header(request, 'Paddle-Signature')),
  changes: { 'another time': anotherTime('Paddle-Signature') },
  cases: {
    'two signatures, the first one good': (request) =>
      setHeader(request, 'Paddle-Signature', `${header(request, 'Paddle-Signature')};h1=${'0'.repeat(64)}`),
  },
};
compare(paddle);

const mux = new Mux({ tokenId: 'id', tokenSecret: 'secret' });
compare({
  scheme: 'mux',
  library: '@mux/mux-node',
  window: { past: 300, future: 300 },
  signature: { header: 'Mux-Signature' },
  message: (random) => ({ secret: random.secret(), body: random.text() }),
  async accepts(request) {
    await mux.webhooks.verifySignature(request.body.toString(), Object.fromEntries(request.headers), request.secret);
    return true;
  },
  changes: { 'another time': anotherTime('Mux-Signature') },
});

const workosClient = new WorkOS('sk_test_peers');
const workos = {
  scheme: 'workos',
  library: '@workos-inc/node',
  window: { past: 180, future: 180 },
  signature: { header: 'WorkOS-Signature' },
  // The library takes the parsed body and renders it again, so only its own rendering can be accepted.
  message: (random) => ({ secret: random.secret(), body: Buffer.from(JSON.stringify(JSON.parse(random.json()))) }),
  accepts: (request) =>
    workosClient.webhooks.verifyHeader({
      payload: JSON.parse(request.body),
      sigHeader: header(request, 'WorkOS-Signature'),
      secret: request.secret,
    }),
  signs: async ({ secret, body, now_ms }) => ({
    headers: [['WorkOS-Signature', `t=${now_ms}, v1=${await workosClient.webhooks.computeSignature(now_ms, JSON.parse(body), secret)}`]],
  }),
  changes: {
    // Spaces around a JSON value vanish when the library parses it, so the change is inside.
    'the body changed': (request) => ({ ...request, body: Buffer.from(JSON.stringify({ ...JSON.parse(request.body), more: 1 })) }),
    'another time': anotherTime('WorkOS-Signature'),
  },
  cases: {
    'a space added after the signature was made': (request) => ({ ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) }),
    'a pretty-printed body': (request) =>
      resign(workos, { ...request, body: Buffer.from(JSON.stringify(JSON.parse(request.body), null, 2)) }),
  },
};
compare(workos);

compare({
  scheme: 'sanity',
  library: '@sanity/webhook',
  window: { past: 300, future: 300 },
  signature: { header: 'sanity-webhook-signature' },
  message: (random) => ({ secret: random.secret(), body: random.json() }),
  accepts: (request) => isValidSignature(request.body.toString(), header(request, 'sanity-webhook-signature'), request.secret),
  signs: async ({ secret, body, now_ms }) => ({
    headers: [['sanity-webhook-signature', await encodeSignatureHeader(body.toString(), now_ms, secret)]],
  }),
  changes: { 'another time': anotherTime('sanity-webhook-signature') },
});
