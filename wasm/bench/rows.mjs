// What is measured, in every runtime: one call of each row verifies one message.
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { SignedQueryVerifier, WebhookVerifier } from '@countermark/wasm';
import { signQuery, signWebhook } from '@countermark/wasm/testing';

const SECRET = 'a secret of at least 20 bytes';
const WHSEC = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const utf8 = new TextEncoder();
const node = globalThis.process?.getBuiltinModule?.('node:crypto');
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

function equal(a, b) {
  if (a.length !== b.length) throw new Error('signature');
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= typeof a === 'string' ? a.charCodeAt(at) ^ b.charCodeAt(at) : a[at] ^ b[at];
  if (difference) throw new Error('signature');
}

function recent(seconds) {
  if (Math.abs(Date.now() / 1000 - Number(seconds)) > 300) throw new Error('time');
}

function queryRows() {
  const verifier = new SignedQueryVerifier({ profile: 'legacy-onelogin', keys: [{ id: '1', secret: SECRET }] });
  const query = signQuery({ profile: 'legacy-onelogin', secret: SECRET, fields: { firstname: 'Jane', lastname: 'Doe', email: 'jane.doe@example.com' } });
  const read = () => {
    const fields = Object.fromEntries(new URLSearchParams(query));
    recent(fields.timestamp);
    return [fields, fields.firstname + fields.lastname + fields.email + fields.timestamp + SECRET];
  };
  return {
    countermark: () => verifier.verify(query),
    'countermark, email read': () => verifier.verify(query).claimedEmail,
    'crypto.subtle': async () => {
      const [fields, text] = read();
      equal(hex(new Uint8Array(await crypto.subtle.digest('SHA-1', utf8.encode(text)))), fields.signature);
    },
    '@noble/hashes': () => {
      const [fields, text] = read();
      equal(hex(sha1(utf8.encode(text))), fields.signature);
    },
    ...(node && {
      'node:crypto': () => {
        const [fields, text] = read();
        equal(node.createHash('sha1').update(text).digest('hex'), fields.signature);
      },
    }),
  };
}

async function webhookRows(size) {
  const text = JSON.stringify({ data: 'x'.repeat(size - 11) });
  const body = utf8.encode(text);
  const signed = signWebhook({ scheme: 'standard-webhooks', secret: WHSEC, body, messageId: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W' }).headers;
  const headers = Object.fromEntries(signed);
  const verifier = new WebhookVerifier({ scheme: 'standard-webhooks', keys: [{ id: '1', secret: WHSEC }] });
  const raw = bytesOf(WHSEC.slice(6));
  const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  const nodeKey = node?.createSecretKey(raw);
  const standard = new StandardWebhook(WHSEC);
  const stripe = new Stripe('sk_test_x', { httpClient: Stripe.createFetchHttpClient() });
  const provider = Stripe.createSubtleCryptoProvider();
  const stripeHeader = signWebhook({ scheme: 'stripe', secret: SECRET, body }).headers[0][1];
  const parts = () => {
    const time = headers['webhook-timestamp'];
    recent(time);
    const prefix = utf8.encode(`${headers['webhook-id']}.${time}.`);
    return [prefix, bytesOf(headers['webhook-signature'].split(' ')[0].slice(3))];
  };
  const joined = (prefix) => {
    const all = new Uint8Array(prefix.length + body.length);
    all.set(prefix);
    all.set(body, prefix.length);
    return all;
  };
  return {
    countermark: () => verifier.verify({ headers }, body),
    'countermark, verifyAsync': () => verifier.verifyAsync({ headers }, body),
    'crypto.subtle, kept key': async () => {
      const [prefix, claimed] = parts();
      if (!(await crypto.subtle.verify('HMAC', key, claimed, joined(prefix)))) throw new Error('signature');
    },
    '@noble/hashes': () => {
      const [prefix, claimed] = parts();
      equal(hmac.create(sha256, raw).update(prefix).update(body).digest(), claimed);
    },
    ...(node && {
      'node:crypto, kept key': () => {
        const [prefix, claimed] = parts();
        equal(node.createHmac('sha256', nodeKey).update(prefix).update(body).digest(), claimed);
      },
    }),
    ...(size <= 65_536 && { standardwebhooks: () => standard.verify(text, headers) }),
    'stripe, async': () => stripe.webhooks.constructEventAsync(text, stripeHeader, SECRET, undefined, provider),
  };
}

const made = new Map();

/** The rows for a body of this size; 0 is the query. */
export async function rows(size) {
  if (!made.has(size)) made.set(size, size === 0 ? queryRows() : await webhookRows(size));
  return made.get(size);
}

/** Calls a row that often. */
export async function repeat(size, name, calls) {
  const call = (await rows(size))[name];
  const first = call();
  if (first instanceof Promise) for (let at = 1; at < calls; at++) await call();
  else for (let at = 1; at < calls; at++) call();
  await first;
}
