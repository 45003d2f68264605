// What is particular to the helper for AWS Lambda.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as forLambda from 'countermark/lambda';
import { signWebhook } from 'countermark/testing';
import { SECRET, message, options } from './frameworks.mjs';

test('lambda', async () => {
  const seen = [];
  const handle = forLambda.webhook(options(), (webhook) => void seen.push(webhook.text()));
  const good = message('é');
  const headers = Object.fromEntries(good.headers);
  const body = Buffer.from(good.body).toString('base64');
  const url = { rawPath: '/', rawQueryString: '', requestContext: { http: { method: 'POST' } } };
  assert.equal((await handle({ ...url, headers, body, isBase64Encoded: true })).statusCode, 200);
  assert.equal((await handle({ ...url, headers, body: 'é', isBase64Encoded: false })).statusCode, 200);
  assert.deepEqual(seen, ['é']);
  const other = message('plain');
  const old = { httpMethod: 'POST', multiValueHeaders: Object.fromEntries(other.headers.map(([name, value]) => [name, [value]])), body: 'plain' };
  assert.equal((await handle(old)).statusCode, 200);
  assert.equal((await handle({ ...old, body: 'altered' })).statusCode, 401);
  assert.equal((await handle({ ...old, body: 'x'.repeat(1001) })).statusCode, 413);
  assert.deepEqual(seen, ['é', 'plain']);
});

/** What a handler for this scheme answers to an event without a body. */
const asked = (settings, event) => forLambda.webhook({ keys: [{ id: '1', secret: SECRET }], keepS: 60, maxBodyBytes: 1000, ...settings }, () => {})({ headers: {}, body: null, ...event });

/** The same request as an API Gateway of payload 1.0 and a load balancer hand it over. */
const forms = ({ method, path, query, headers = {}, body = null }) => {
  const fields = [...new URLSearchParams(query)];
  const raw = query.split('&').filter(Boolean).map((field) => field.split('='));
  const named = (list) => (list.length > 0 ? Object.fromEntries(list) : null);
  const lists = (list) => named([...new Set(list.map(([name]) => name))].map((name) => [name, list.filter(([other]) => other === name).map(([, value]) => value)]));
  const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const own = { httpMethod: method, body, isBase64Encoded: false };
  return {
    gateway: { ...own, headers, multiValueHeaders, path, requestContext: { path: `/prod${path}` }, queryStringParameters: named(fields), multiValueQueryStringParameters: lists(fields) },
    balancer: { ...own, headers, path, requestContext: { elb: {} }, queryStringParameters: named(raw) },
    balancerOfLists: { ...own, multiValueHeaders, path, requestContext: { elb: {} }, multiValueQueryStringParameters: lists(raw) },
  };
};

test('lambda: a handshake by GET is answered with text, in the form in which it was asked', async () => {
  const query = 'hub.mode=subscribe&hub.verify_token=t%26%20k&hub.challenge=1%2B2%2F3';
  for (const [name, event] of Object.entries(forms({ method: 'GET', path: '/hook', query }))) {
    const answer = await asked({ scheme: 'meta', handshakeSecret: 't& k' }, event);
    assert.deepEqual([answer.statusCode, answer.body, answer.isBase64Encoded], [200, '1+2/3', false], name);
    const [ours, others] = name === 'balancerOfLists' ? ['multiValueHeaders', 'headers'] : ['headers', 'multiValueHeaders'];
    assert.deepEqual([answer[ours]['x-content-type-options'], answer[others]], [name === 'balancerOfLists' ? ['nosniff'] : 'nosniff', undefined], name);
  }
});

test('lambda: an address that is signed is put together again', async () => {
  for (const query of ['', 'a=1&a=2&b=x%20y%26z']) {
    for (const [name, event] of Object.entries(forms({ method: 'POST', path: '/hook', query, body: '{}' }))) {
      const path = name === 'gateway' ? '/prod/hook' : '/hook';
      // One value of a name is all that there is here.
      const sent = name === 'balancer' ? query.replace('a=1&', '') : query;
      const { headers } = signWebhook({ scheme: 'square', secret: SECRET, url: `https://shop.example${path}${sent && '?'}${sent}`, body: '{}' });
      const own = Object.fromEntries(headers);
      const lists = Object.fromEntries(headers.map(([header, value]) => [header, [value]]));
      const answer = await asked({ scheme: 'square', origin: 'https://shop.example' }, { ...event, headers: own, ...(event.multiValueHeaders && { multiValueHeaders: lists }) });
      assert.equal(answer.statusCode, 200, `${name} ${query}`);
    }
  }
});
