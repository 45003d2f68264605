// Schemes that sign the parameters of a query string.
import '@shopify/shopify-api/adapters/node';
import { shopifyApi } from '@shopify/shopify-api';
import { sign, validate } from '@telegram-apps/init-data-node';
import { parse } from 'node:querystring';
import { compare } from './differential.mjs';

const shopify = shopifyApi({
  apiKey: 'key',
  apiSecretKey: 'secret',
  apiVersion: '2026-07',
  hostName: 'app.example.com',
  isEmbeddedApp: true,
  logger: { level: 0 },
});

const seconds = (ms) => String(Math.floor(ms / 1000));
const another = (name) => (request) => ({ ...request, query: request.query.replace(new RegExp(`(^|&)${name}=`), `$1${name}=x`) });

/** Names in lower case, because the library sorts them by the rules of a language and not by bytes. */
function parameters(random, fixed) {
  const query = new URLSearchParams(fixed);
  for (let count = random.int(0, 5); count > 0; count -= 1) query.append(`p_${random.alnum(2, 8).toLowerCase()}${count}`, random.characters(0, 20));
  return query.toString();
}

const oauth = {
  scheme: 'shopify-oauth',
  library: '@shopify/shopify-api',
  bodyless: true,
  window: { past: 90, future: 90 },
  signature: { query: 'hmac' },
  message(random) {
    const now_ms = random.time();
    const fixed = { code: random.alnum(32, 32), shop: `${random.alnum(3, 12)}.myshopify.com`, state: random.alnum(8, 20), timestamp: seconds(now_ms) };
    return { method: 'GET', secret: random.secret(), now_ms, query: parameters(random, fixed) };
  },
  accepts(request) {
    shopify.config.apiSecretKey = request.secret;
    return shopify.utils.validateHmac({ ...parse(request.query) });
  },
  changes: { 'a parameter changed': another('state') },
};
compare(oauth);

compare({
  scheme: 'shopify-app-proxy',
  library: '@shopify/shopify-api',
  bodyless: true,
  window: { past: 90, future: 90 },
  signature: { query: 'signature' },
  message(random) {
    const now_ms = random.time();
    const fixed = { logged_in_customer_id: String(random.int(1, 1e9)), path_prefix: `/apps/${random.alnum(3, 9)}`, shop: `${random.alnum(3, 12)}.myshopify.com`, timestamp: seconds(now_ms) };
    return { method: 'GET', secret: random.secret(), now_ms, query: parameters(random, fixed) };
  },
  accepts(request) {
    shopify.config.apiSecretKey = request.secret;
    return shopify.utils.validateHmac({ ...parse(request.query) }, { signator: 'appProxy' });
  },
  changes: { 'a parameter changed': another('shop') },
});

compare({
  scheme: 'telegram-webapp',
  library: '@telegram-apps/init-data-node',
  bodyless: true,
  window: { past: 86_400, future: 300 },
  signature: { query: 'hash' },
  message(random) {
    const now_ms = random.time();
    const user = JSON.stringify({ id: random.int(1, 1e9), first_name: random.characters(1, 20), language_code: 'de' });
    const query = new URLSearchParams({ query_id: random.alnum(20, 24), user, auth_date: seconds(now_ms) }).toString();
    return { method: 'GET', secret: `${random.int(1e9, 9e9)}:${random.alnum(35, 35)}`, now_ms, query };
  },
  accepts(request) {
    validate(request.query, request.secret, { expiresIn: 86_400 });
    return true;
  },
  signs: ({ secret, query, now_ms }) => {
    const { query_id, user } = parse(query);
    return { query: sign({ query_id, user: JSON.parse(user) }, secret, new Date(now_ms)) };
  },
  changes: { 'a parameter changed': another('query_id') },
});
