// One program for both packages: `types.test.mjs` checks it against each.
import {
  CountermarkError,
  Login,
  LoginClient,
  LoginService,
  MemoryReplayStore,
  SecureSignClient,
  SessionSealer,
  SignedQuerySigner,
  SignedQueryVerifier,
  WebhookExplainer,
  WebhookSigner,
  WebhookVerifier,
  accessPassFromPng,
  answerWebhookHandshake,
  listErrors,
  listSchemes,
  type AuthSession,
  type Bytes,
  type ErrorCode,
  type ReplayStore,
  type VerifiedWebhook,
} from 'countermark';
import { webhook as onFetch } from 'countermark/fetch';
import { webhook as onHono } from 'countermark/hono';
import { signQuery, signWebhook } from 'countermark/testing';

const secret = new Uint8Array(32);
const keys = [{ id: '1', secret }];
const store: ReplayStore = new MemoryReplayStore({ capacity: 10 });
const verifier = new WebhookVerifier({ scheme: 'github', keys });
const verified: VerifiedWebhook = verifier.verify({ headers: new Headers() }, 'body');
const later: Promise<VerifiedWebhook> = verifier.verifyAsync({ headers: [['a', 'b']] }, verified.body, Date.now());
// What a call gives goes where bytes are taken.
new Response(verified.body);
new Blob([verified.unsignedBody, verified.fields[0]!.value]);
crypto.subtle.digest('SHA-256', verified.body);
new Request('x', { method: 'POST', body: signWebhook({ scheme: 'github', secret }).body });
const answered = answerWebhookHandshake('zoom', { headers: [] }, verified.body, secret);
if (answered) new Response(answered.body, { status: answered.status });
new Blob([accessPassFromPng(secret).png]);
const bytes: Bytes = verified.body;
const plain: Uint8Array = bytes;

const result = new SignedQueryVerifier({ profile: 'countermark-v1', keys, audience: 'a' }).tryVerify('a=b');
if (result.ok) result.value.get('a');
else result.code satisfies ErrorCode;

new SignedQuerySigner({ profile: 'countermark-v1', key: { id: '1', secret } }).sign({ a: 'b' });
new WebhookSigner({ scheme: 'github', keys }).sign({ headers: [] }, secret).headers[0]?.[1];
new WebhookExplainer({ scheme: 'github', keys }).explain({ headers: [] }, secret).causes[0]?.remedy;
signWebhook({ scheme: 'github', secret }).headers;
signQuery({ profile: 'countermark-v1', secret, audience: 'a', fields: {} });
onFetch({ scheme: 'github', keys, maxBodyBytes: 1, store }, (hook, request, env: { a: string }) => [hook.json(), request.url, env.a]);
onHono({ scheme: 'github', keys, maxBodyBytes: 1 }, (hook) => hook.replayKey);
const receive = onFetch({ scheme: 'github', keys, maxBodyBytes: 1 }, (hook) => hook.json());
receive(new Request('x'), 'env', { waitUntil() {} }) satisfies Promise<Response>;
const own: { fetch(request: Request): Promise<Response>; other(request: Request, env: 'a', context: object): unknown } = { fetch: receive, other: receive };
const route: (context: { req: { raw: Request }; name: string }) => unknown = onHono({ scheme: 'github', keys, maxBodyBytes: 1 }, (hook, context) => context.name);

async function login(client: LoginClient, signal: AbortSignal): Promise<string> {
  const { session, accessPass } = await client.begin('alice', { signal });
  accessPass?.dataUri;
  const outcome = await client.wait(session, { signal, deadlineMs: 0 });
  return outcome.requireApproved();
}

const sealer = new SessionSealer({ keys, serviceName: 'a', serviceAddress: 'b' });
const session: AuthSession = sealer.open(sealer.seal(sealer.open('', ''), 'binding'), 'binding');
const step = Login.check(new LoginService({ serviceName: 'a', serviceAddress: 'b' }), session, 0).poll(0);
if (step.type === 'send') new Request(step.request.url, { body: step.request.body }) satisfies Request;
new SecureSignClient({ environment: 'test', tenantId: 'a', apiKey: 'b' }).deepLink({ requestId: 'a', hash: secret, algorithm: 'SHA256', callbackUrl: 'c' });

// @ts-expect-error: a profile is needed
new SignedQueryVerifier({ keys });
// @ts-expect-error: a session comes from a login
const forged: AuthSession = { secsignId: 'x' };
// @ts-expect-error: only verified values may be read
verified.keyId = 'other';

export { CountermarkError, forged, later, listErrors, listSchemes, login, own, plain, route };
