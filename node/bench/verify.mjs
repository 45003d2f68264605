// Verification against the alternatives, all in one run. A ratio counts; a time is that of the machine.
//
//   npm ci && node verify.mjs
import { createHmac, createSecretKey, hash, timingSafeEqual } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { verify as octokit } from '@octokit/webhooks-methods';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { Webhook as Svix } from 'svix';
import { SignedQueryVerifier, WebhookVerifier } from 'countermark';
import { signQuery, signWebhook } from 'countermark/testing';

const SECRET = 'a secret of at least 20 bytes';
const WHSEC = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ROUNDS = 60;
const BATCH_NS = 5_000_000;

const now = () => Number(process.hrtime.bigint());

/** Nanoseconds a call, over a batch of calls. */
async function batch(call, calls, isAsync) {
  const start = now();
  if (isAsync) for (let i = 0; i < calls; i++) await call();
  else for (let i = 0; i < calls; i++) call();
  return (now() - start) / calls;
}

/** The least of many short batches, which take turns: what else the machine does only adds to a time. */
async function compare(title, rows) {
  const times = new Map();
  for (const [name, call] of Object.entries(rows)) {
    const isAsync = call() instanceof Promise;
    let least = Infinity;
    for (const end = now() + 20 * BATCH_NS; now() < end; ) least = Math.min(least, await batch(call, 20, isAsync));
    times.set(name, { call, isAsync, least, calls: Math.max(1, Math.round(BATCH_NS / least)) });
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const row of times.values()) row.least = Math.min(row.least, await batch(row.call, row.calls, row.isAsync));
  }
  const own = times.values().next().value.least;
  if (process.env.COUNTERMARK_BENCH) {
    const ns = Object.fromEntries([...times].map(([name, { least }]) => [name, least]));
    appendFileSync(process.env.COUNTERMARK_BENCH, `${JSON.stringify({ bench: `Node ${process.version}`, case: title, ns })}\n`);
  }
  console.log(`\n${title}`);
  for (const [name, { least }] of times) console.log(`  ${name.padEnd(34)} ${least.toFixed(0).padStart(8)} ns ${(least / own).toFixed(2).padStart(7)}`);
}

function queries() {
  const verifier = new SignedQueryVerifier({ profile: 'legacy-onelogin', keys: [{ id: '1', secret: SECRET }] });
  const query = signQuery({ profile: 'legacy-onelogin', secret: SECRET, fields: { firstname: 'Jane', lastname: 'Doe', email: 'jane.doe@example.com' } });
  const check = (fields, digest) => {
    if (Math.abs(Date.now() / 1000 - Number(fields.timestamp)) > 240) throw new Error('time');
    if (digest.length !== fields.signature.length) throw new Error('signature');
    let difference = 0;
    for (let i = 0; i < 40; i++) difference |= digest.charCodeAt(i) ^ fields.signature.charCodeAt(i);
    if (difference) throw new Error('signature');
    return fields.email;
  };
  return {
    'countermark': () => verifier.verify(query),
    'countermark, email read': () => verifier.verify(query).claimedEmail,
    'countermark, email and replay key': () => {
      const verified = verifier.verify(query);
      return verified.claimedEmail + verified.replayKey;
    },
    'node:crypto tuned': () => {
      const fields = {};
      for (const pair of query.split('&')) {
        const at = pair.indexOf('=');
        fields[pair.slice(0, at)] = decodeURIComponent(pair.slice(at + 1).replaceAll('+', ' '));
      }
      return check(fields, hash('sha1', fields.firstname + fields.lastname + fields.email + fields.timestamp + SECRET, 'hex'));
    },
    'node:crypto, URLSearchParams': () => {
      const fields = Object.fromEntries(new URLSearchParams(query));
      return check(fields, hash('sha1', fields.firstname + fields.lastname + fields.email + fields.timestamp + SECRET, 'hex'));
    },
  };
}

function webhooks(size) {
  const body = Buffer.from(JSON.stringify({ data: 'x'.repeat(size - 11) }));
  const text = body.toString();
  const standard = Object.fromEntries(signWebhook({ scheme: 'standard-webhooks', secret: WHSEC, body, messageId: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W' }).headers);
  const verifier = new WebhookVerifier({ scheme: 'standard-webhooks', keys: [{ id: '1', secret: WHSEC }] });
  const svixHeaders = Object.fromEntries(Object.entries(standard).map(([name, value]) => [name.replace('webhook', 'svix'), value]));
  const key = createSecretKey(Buffer.from(WHSEC.slice(6), 'base64'));
  const standardWebhook = new StandardWebhook(WHSEC);
  const svix = new Svix(WHSEC);
  const stripe = new Stripe('sk_test_x');
  const stripeHeader = signWebhook({ scheme: 'stripe', secret: SECRET, body }).headers[0][1];
  const github = signWebhook({ scheme: 'github', secret: SECRET, body }).headers[0][1];
  return {
    'countermark': () => verifier.verify({ headers: standard }, body),
    'countermark, id and replay key': () => {
      const verified = verifier.verify({ headers: standard }, body);
      return verified.messageId + verified.replayKey;
    },
    'node:crypto by hand, kept key': () => {
      const id = standard['webhook-id'];
      const time = standard['webhook-timestamp'];
      if (Math.abs(Date.now() / 1000 - Number(time)) > 300) throw new Error('time');
      const expected = createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest();
      for (const part of standard['webhook-signature'].split(' ')) {
        const given = Buffer.from(part.slice(3), 'base64');
        if (part.startsWith('v1,') && given.length === 32 && timingSafeEqual(given, expected)) return id;
      }
      throw new Error('signature');
    },
    '@octokit/webhooks-methods': () => octokit(SECRET, text, github),
    'stripe': () => stripe.webhooks.constructEvent(body, stripeHeader, SECRET),
    'standardwebhooks': () => standardWebhook.verify(text, standard),
    'svix': () => svix.verify(text, svixHeaders),
  };
}

console.log(`node ${process.version}`);
await compare('OneLogin query', queries());
for (const size of [256, 4096, 65_536, 1_048_576]) await compare(`webhook of ${size} bytes`, webhooks(size));
