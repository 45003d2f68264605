// Every entry, as older settings of TypeScript find it, which know no `exports`.
import { WebhookVerifier, type VerifiedWebhook } from 'countermark';
import { webhook as express } from 'countermark/express';
import { webhook as fastify } from 'countermark/fastify';
import { webhook as onFetch } from 'countermark/fetch';
import { webhook as hono } from 'countermark/hono';
import { webhook as lambda } from 'countermark/lambda';
import { RedisReplayStore } from 'countermark/redis';
import { SecSignIDApi } from 'countermark/secsignid';
import { signWebhook } from 'countermark/testing';

const settings = { scheme: 'github', keys: [{ id: '1', secret: '' }], maxBodyBytes: 1, keepS: 1 };
const handler = (hook: VerifiedWebhook) => hook.json();
void [express(settings, handler), fastify(settings, handler), onFetch(settings, handler), hono(settings, handler), lambda(settings, handler)];
// @ts-expect-error: a setting has a name
express({ ...settings, maxBodyBites: 1 }, handler);
const { headers } = signWebhook({ scheme: 'github', secret: '', body: '' });
const verified: VerifiedWebhook = new WebhookVerifier(settings).verify({ headers }, '');
void [verified.keyId, RedisReplayStore, SecSignIDApi];
