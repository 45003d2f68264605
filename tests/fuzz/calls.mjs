// Calls of the JavaScript packages that work: for each, its arguments, and what is done with them.
import { vectors } from '../conformance/vectors.mjs';

const SECRET = 'a secret of at least twenty characters';
const NOW_MS = 1_700_000_000_000;
const SERVICE = { serviceName: 'Example', serviceAddress: 'https://example.com' };
const SETTINGS = { apiKey: 'ss_test_emulator', environment: 'test', tenantId: 'org_emulator', callbackHosts: ['shop.example'] };

/** The question of the first vector that is valid. */
const vector = (op) => vectors().find(({ request, answer }) => request.op === op && answer.ok).request;

/** Every way in which what was verified is read. */
const read = (verified) => Object.fromEntries(properties(verified).map((name) => [name, typeof verified[name] === 'function' ? null : verified[name]]));
function properties(value) {
  const names = new Set();
  for (let at = value; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  return [...names];
}

export function calls({ signQuery, signWebhook }) {
  const key = () => ({ id: '1', secret: SECRET, notBeforeMs: 0, notAfterMs: 4_000_000_000_000 });
  const fields = { firstname: 'Jane', lastname: 'Doe', email: 'jane.doe@example.com' };
  const query = signQuery({ profile: 'legacy-onelogin', secret: SECRET, keyId: '1', fields, nowMs: NOW_MS });
  const body = '{"event":"paid"}';
  const webhook = (scheme, url) => {
    const { headers } = signWebhook({ scheme, secret: SECRET, body, url, nowMs: NOW_MS });
    return [{ scheme, keys: [key()], maxAgeS: 300, maxFutureS: 60, checkTime: true, maxBodyBytes: 1000 }, { headers, method: 'POST', url, query: '' }, body, NOW_MS];
  };
  const verify = (p, options, ...request) => read(new p.WebhookVerifier(options).verify(...request));
  return {
    github: { args: webhook('github'), run: verify },
    stripe: { args: webhook('stripe'), run: verify },
    twilio: { args: webhook('twilio', 'https://example.com/hook?a=b'), run: verify },
    tryVerify: {
      args: webhook('github'),
      run: (p, options, ...request) => {
        const { ok, value, code } = new p.WebhookVerifier(options).tryVerify(...request);
        return ok ? read(value) : code;
      },
    },
    verifyAsync: { args: webhook('stripe'), run: async (p, options, ...request) => read(await new p.WebhookVerifier(options).verifyAsync(...request)) },
    explain: { args: webhook('github'), run: (p, options, ...request) => read(new p.WebhookExplainer(options).explain(...request)) },
    spec: {
      args: [
        { spec: { id: 'mine', signatureHeader: 'x-mine', digest: 'hmac', hash: 'sha256', encoding: 'hex', key: 'utf8', signed: '{body}' }, keys: [key()] },
        { headers: {} },
        body,
        { messageId: 'm', nowMs: NOW_MS },
      ],
      run: (p, options, request, text, more) => {
        const { headers } = new p.WebhookSigner(options).sign(request, text, more);
        return read(new p.WebhookVerifier(options).verify({ headers }, text, NOW_MS));
      },
    },
    handshake: {
      args: ['slack', { headers: {}, method: 'POST', url: 'https://example.com/' }, '{"type":"url_verification","challenge":"c"}', SECRET],
      run: (p, ...args) => p.answerWebhookHandshake(...args),
    },
    handshakeSecret: { args: ['notion', '{"verification_token":"secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"}'], run: (p, ...args) => [...(p.webhookHandshakeSecret(...args) ?? [])] },
    errorStatus: { args: ['github', { number: 2001 }], run: (p, ...args) => p.webhookErrorStatus(...args) },
    query: {
      args: [{ profile: 'legacy-onelogin', keys: [{ ...key(), emailDomains: ['example.com'] }], maxAgeS: 300 }, query, NOW_MS, 'Jane', 'Doe', ['jane.doe@example.com']],
      run: (p, options, text, now, first, last, known) => {
        const verified = new p.SignedQueryVerifier(options).verify(text, now);
        return [read(verified), verified.get(first), verified.checkProfile(first, last), verified.checkKnownEmails(known)];
      },
    },
    querySigner: {
      args: [{ profile: 'countermark-v1', key: key(), audience: 'a', lifetimeS: 60 }, fields, { nowMs: NOW_MS, entropy: new Uint8Array(16) }],
      // Without time and entropy, those of the system are taken.
      run: (p, options, ...args) => new p.SignedQuerySigner(options).sign(...args).replaceAll(/cm_(nonce|iat|exp|sig)=[^&]*/g, '$1'),
    },
    login: {
      args: [{ ...SERVICE, server: 'https://id.example', connectTimeoutMs: 1000, totalTimeoutMs: 2000 }, 'alice', NOW_MS],
      run: (p, options, ...args) => typeof p.Login.begin(new p.LoginService(options), ...args).poll(NOW_MS),
    },
    client: { args: [{ ...SERVICE, server: 'https://id.example' }], run: (p, options) => properties(new p.LoginClient(options)).length > 0 },
    normalize: { args: ['Alice'], run: (p, ...args) => p.normalizeSecsignId(...args) },
    returnUrl: { args: ['https://example.com/', '/page', '/'], run: (p, ...args) => p.safeReturnUrl(...args) },
    reply: { args: ['start', Buffer.from(vector('reply.parse').body_base64, 'base64')], run: (p, ...args) => p.parseReply(...args) },
    picture: { args: [Buffer.from(vector('access_pass.check').icon, 'base64')], run: (p, ...args) => p.accessPassFromPng(...args) },
    pictureText: { args: [vector('access_pass.check').icon], run: (p, ...args) => p.accessPassFromBase64(...args) },
    replay: {
      args: [{ capacity: 4 }, 'key', NOW_MS + 1000, NOW_MS],
      run: (p, options, name, until, now) => {
        const store = new p.MemoryReplayStore(options);
        store.reserve(name, until, now);
        return [store.commit(name), store.release(name)];
      },
    },
    secureSign: { args: [SETTINGS], run: (p, settings) => properties(new p.SecureSignClient(settings)).length > 0 },
    callback: {
      args: [vector('securesign.hint').query],
      run: (p, ...args) => {
        const { requestId, claimsSuccess, code, signature, signedAtMs } = p.readSecuresignCallback(...args);
        return { requestId, claimsSuccess, code, signature: signature && [...signature], signedAtMs };
      },
    },
    code: { args: ['USER_CANCELED'], run: (p, ...args) => p.securesignCode(...args) },
    origin: { args: ['https://shop.example', 'test'], run: (p, ...args) => p.securesignOrigin(...args) },
    pinStatus: { args: ['active'], run: (p, ...args) => p.securesignPinStatus(...args) },
    rateLimit: { args: [[NOW_MS - 10, NOW_MS - 5], 60, NOW_MS], run: (p, ...args) => p.securesignRateLimitWaitMs(...args) },
  };
}
