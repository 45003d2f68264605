import { CountermarkError, LoginClient, MemoryReplayStore, SessionSealer, SignedQueryVerifier, WebhookVerifier, type AuthSession, type ErrorCode } from 'countermark';
import { webhook as express } from 'countermark/express';
import { webhook as fastify } from 'countermark/fastify';
import { webhook as hono } from 'countermark/hono';
import { webhook as lambda } from 'countermark/lambda';
import { RedisReplayStore } from 'countermark/redis';
import Whole, { AuthSession as Old, SecSignIDApi } from 'countermark/secsignid';
import { signQuery, signWebhook, startIdServer } from 'countermark/testing';

const secret = new Uint8Array(32);
const keys = [{ id: '1', secret }];
const verifier = new WebhookVerifier({ scheme: 'github', keys });
const verified = verifier.verify({ headers: new Headers() }, 'body');
verifier.verify({ headers: ['a', 'b'] }, secret, Date.now());
verifier.verify({ headers: [['a', 'b']] }, secret);
verifier.verify({ headers: { a: ['b'], c: 'd', e: undefined } }, secret);
verifier.verify({ headers: new Map([['a', 'b']]) }, secret);
const body: Uint8Array = verified.body;

const result = verifier.tryVerify({ headers: [] }, body);
if (result.ok) result.value.keyId;
else if (result.code === 'CM_SIGNATURE_MISMATCH') result.code satisfies ErrorCode;
// @ts-expect-error: no such code
else result.code === 'CM_SIGNATURE_WRONG';

// @ts-expect-error: a profile is needed
new SignedQueryVerifier({ keys });
// @ts-expect-error: a session comes from a login
const forged: AuthSession = { secsignId: 'x' };
// @ts-expect-error: only verified values may be read
verified.keyId = 'other';

const email: string = new SignedQueryVerifier({ profile: 'legacy-onelogin-strict', keys }).verify('a=b').checkProfile('A', 'B');

async function login(signal: AbortSignal) {
  const client = new LoginClient({ serviceName: 'a', serviceAddress: 'b', store: new MemoryReplayStore() });
  const { session, accessPass } = await client.begin('alice', { signal });
  const outcome = await client.wait(session, { signal, deadlineMs: 1 });
  const sealed: string = new SessionSealer({ keys, serviceName: 'a', serviceAddress: 'b' }).seal(session, 'visitor');
  return [outcome.kind === 'approved', outcome.requireApproved(), accessPass?.dataUri, sealed];
}

const settings = { scheme: 'github', keys, maxBodyBytes: 1, keepS: 1, onRefused: (error: CountermarkError) => error.number };
const req = { headers: {}, rawHeaders: [''], originalUrl: '', method: '', user: 1 };
express(settings, (webhook, req: { headers: {}; rawHeaders: string[]; originalUrl: string; method: string; user: number }) => webhook.json() ?? req.user)(req, { headersSent: false, statusCode: 200 }, () => {});
fastify(settings, (webhook) => webhook.text());
hono(settings, (webhook, context: { req: { raw: Request }; var: string }) => context.var);
express(settings, (webhook, req, res) => res.status(202).send(req.path, webhook.text()));
fastify(settings, (webhook, request, reply) => reply.code(202).send(request.url, webhook.text()));
hono(settings, (webhook, context) => context.json(webhook.json()));
lambda(settings, () => {});
const onLambda: (event: { path: string }, context: { id: string }) => Promise<{ statusCode: number; body: string }> = lambda(settings, (webhook, event, context) => [event.path, context.id]);
new RedisReplayStore({ sendCommand: async (args: string[]) => args }).reserve('a', 1);
new RedisReplayStore({ call: async (command: string, ...args: string[]) => [command, args] });
new SecSignIDApi({ host: 'id.example' }).requestAuthSession({ secsignid: 'a' }, (session) => session.errorcode ?? new Old(session).getIconData());
const old = new Old({ requestid: 'a', authsessionstate: '1' });
const [oldState, oldIcon]: (string | undefined)[] = [old.authsessionstate, old.authsessionicondata];
Old.CANCELED satisfies 6;
new Whole() satisfies SecSignIDApi;
class Mine extends SecSignIDApi {}
signQuery({ profile: 'countermark-v1', secret, audience: 'a', fields: {} }) satisfies string;
signWebhook({ scheme: 'github', secret }).headers;
startIdServer({ args: ['--id', 'alice'] }).then((idp) => idp.server);
void [Mine, email, forged, login, oldIcon, oldState, onLambda];
