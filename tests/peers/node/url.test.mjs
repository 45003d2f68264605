// Schemes that sign the address that was called.
import { createHash } from 'node:crypto';
import { parse } from 'node:querystring';
import googlemaps from '@googlemaps/url-signature';
import twilio from 'twilio';
import { compare, header } from './differential.mjs';

/** A letter more in the path. */
const anotherPath = (request) => ({ ...request, url: request.url.replace(/(example\.com(:\d+)?\/)/, '$1x') });

compare({
  scheme: 'twilio',
  library: 'twilio',
  signature: { header: 'X-Twilio-Signature' },
  message(random) {
    const form = new URLSearchParams();
    for (let count = random.int(0, 12); count > 0; count -= 1) {
      const name = random.alnum(1, 12) + (random.chance(10) ? 'é' : '');
      // One in five names comes twice, one of these with the same value.
      for (let times = random.chance(5) ? 2 : 1; times > 0; times -= 1) form.append(name, random.characters(0, 30));
    }
    return {
      secret: random.alnum(32, 32),
      url: random.url(),
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      body: Buffer.from(form.toString()),
    };
  },
  accepts: (request) => twilio.validateRequest(request.secret, header(request, 'X-Twilio-Signature'), request.url, parse(request.body.toString())),
  signs: ({ secret, url, body }) => ({
    headers: [['X-Twilio-Signature', twilio.getExpectedTwilioSignature(secret, url, parse(body.toString()))]],
  }),
  changes: {
    'the body changed': (request) => ({ ...request, body: Buffer.concat([request.body, Buffer.from('&More=1')]) }),
    'another path': anotherPath,
  },
});

compare({
  scheme: 'twilio',
  library: 'twilio, JSON',
  signature: { header: 'X-Twilio-Signature' },
  message(random) {
    const body = random.json();
    const url = random.url();
    const hash = createHash('sha256').update(body).digest('hex');
    return {
      secret: random.alnum(32, 32),
      url: `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${hash}`,
      headers: [['Content-Type', 'application/json']],
      body,
    };
  },
  accepts: (request) =>
    twilio.validateRequestWithBody(request.secret, header(request, 'X-Twilio-Signature'), request.url, request.body.toString()),
  signs: ({ secret, url }) => ({ headers: [['X-Twilio-Signature', twilio.getExpectedTwilioSignature(secret, url, {})]] }),
  changes: { 'another path': anotherPath },
});

compare({
  scheme: 'google-maps-url',
  library: '@googlemaps/url-signature',
  bodyless: true,
  signature: { query: 'signature' },
  message: (random) => ({
    method: 'GET',
    secret: random.bytes(random.int(20, 32)).toString('base64url'),
    url: `https://maps.googleapis.com/maps/api/${random.alnum(3, 10)}/json`,
    query: new URLSearchParams({ address: random.characters(1, 40), client: random.alnum(4, 12) }).toString(),
  }),
  // The library only signs: it agrees when it gives the same signature for the same address.
  accepts: (request) => parse(request.query).signature === sign(request, unsigned(request)),
  signs: (message) => ({ query: `${message.query}&signature=${sign(message, message.query)}` }),
  changes: { 'another path': (request) => ({ ...request, url: request.url.replace('/api/', '/api/x') }) },
});

function sign({ secret, url }, query) {
  return googlemaps.createSignature(`${url}?${query}`, secret);
}

function unsigned({ query }) {
  return query.replace(/&signature=.*/, '');
}
