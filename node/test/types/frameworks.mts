// The helpers where they are used, with the frameworks' own types: what a handler gets need not be written.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as http2 } from 'node:http2';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import type { VerifiedWebhook } from 'countermark';
import { webhook as forExpress } from 'countermark/express';
import { webhook as forFastify } from 'countermark/fastify';
import { webhook as forFetch } from 'countermark/fetch';
import { webhook as forHono } from 'countermark/hono';

const settings = { scheme: 'github', keys: [{ id: '1', secret: '' }], maxBodyBytes: 1, keepS: 1 };

const app = express();
app.all('/hook', forExpress(settings, (hook, req, res) => void res.status(202).send(req.path)));
app.post('/hook/:name', forExpress(settings, (hook, req) => req.params.name satisfies string));
app.use('/hook', forExpress(settings, async (hook, req, res) => void res.sendStatus(202)));
app.use(forExpress(settings, (hook) => hook.json()));
app.all('/hook', forExpress(settings, (hook, req: express.Request, res: express.Response) => [req.path, res.locals]));
app.all('/hook', forExpress({ ...settings, onRefused: (error) => error.number satisfies number }, (hook, req, res) => res.json(req.ip)));
app.all('/hook', forExpress({ scheme: 'github', keys: [], maxBodyBytes: 1, onRefused: (error) => console.warn(error.code, error.message) }, (hook) => hook.json()));
// @ts-expect-error: a setting has a name
app.all('/hook', forExpress({ scheme: 'github', keys: [], maxBodyBites: 1 }, () => {}));
const route: express.RequestHandler = forExpress(settings, (hook, req, res) => res.json(req.ip));
app.all('/hook', route);
// @ts-expect-error: Express has it not
app.all('/hook', forExpress(settings, (hook, req, res) => res.nothing()));
// Node's own servers, and whoever hands over what they do.
createServer(forExpress(settings, (hook, req, res) => void res.writeHead(202).end(req.url)));
http2(forExpress(settings, (hook, req, res) => void res.stream.respond({ ':status': req.httpVersionMajor })));
const bare = forExpress(settings, (hook, req: IncomingMessage, res: ServerResponse) => void res.end(req.url));
createServer((req, res) => bare(req, res, (error: unknown) => void res.writeHead(500).end(String(error))));
export const nextPage: (req: IncomingMessage & { cookies: object }, res: ServerResponse) => unknown = bare;
export const onKoa = async (ctx: { req: IncomingMessage; res: ServerResponse }) => void (await bare(ctx.req, ctx.res));
// A place that takes anything, such as Nest's.
declare const nest: { use(...args: any[]): void };
nest.use('/hook', forExpress(settings, (hook) => void hook.json()));
nest.use(forExpress(settings, (hook, req, res) => res.status(202).end(req.url)));
const routes: Record<string, any> = { hook: forExpress(settings, (hook: VerifiedWebhook) => hook.json()) };
// @ts-expect-error: what is verified has its type there too
nest.use(forExpress(settings, (hook) => hook.nothing()));
// @ts-expect-error: a request of `fetch` is none of Node's
const wrong: (req: Request, res: unknown) => unknown = forExpress(settings, () => {});

const hono = new Hono<{ Bindings: { NAME: string } }>();
hono.all('/hook', forHono(settings, (hook, c) => c.json({ name: c.env.NAME })));
hono.post('/hook/:name', forHono(settings, (hook, c) => c.text(c.req.param('name') ?? '')));
hono.post('/hook', forHono(settings, (hook) => void hook.json()));
// @ts-expect-error: Hono has it not
hono.all('/hook', forHono(settings, (hook, c) => c.nothing()));

fastify().register(forFastify(settings, (hook, request, reply) => reply.code(202).send(request.url)), { prefix: '/hook' });
fastify({ http2: true }).register(forFastify(settings, () => {}), { prefix: '/hook' });

export default { fetch: forFetch(settings, (hook, request, env: { NAME: string }) => void [request.url, env.NAME]) };
const plain: (request: Request) => Promise<Response> = forFetch(settings, async (hook) => (hook.keyId ? new Response() : undefined));
// An answer of Azure's.
const azure: (request: Request, context: { id: string }) => Promise<Response | { status: number; jsonBody: object }> = forFetch(settings, (hook, request, context: { id: string }) => ({ status: 503, jsonBody: context }));
// One of React Router's, and an event that has the request.
const router: (event: { request: Request }) => Promise<Response | { data: { error: string }; init: { status?: number } | null }> = (() => {
  const hook = forFetch(settings, () => ({ data: { error: 'away' }, init: { status: 503 } }));
  return ({ request }) => hook(request);
})();
// @ts-expect-error: an event is no request
forFetch(settings, () => {})({ request: new Request('https://shop.example/') });
