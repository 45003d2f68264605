// The helpers where they are used, with the frameworks' own types: what a handler gets need not be written.
import { createServer } from 'node:http';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
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
// @ts-expect-error: a request of Node's own has no `originalUrl`
createServer(forExpress(settings, () => {}));

const hono = new Hono<{ Bindings: { NAME: string } }>();
hono.all('/hook', forHono(settings, (hook, c) => c.json({ name: c.env.NAME })));
hono.post('/hook/:name', forHono(settings, (hook, c) => c.text(c.req.param('name') ?? '')));
hono.post('/hook', forHono(settings, (hook) => void hook.json()));
// @ts-expect-error: Hono has it not
hono.all('/hook', forHono(settings, (hook, c) => c.nothing()));

fastify().register(forFastify(settings, (hook, request, reply) => reply.code(202).send(request.url)), { prefix: '/hook' });
fastify({ http2: true }).register(forFastify(settings, () => {}), { prefix: '/hook' });

export default { fetch: forFetch(settings, (hook, request, env: { NAME: string }) => [request.url, env.NAME]) };
