// Signing a test request with the core.
import { WebhookSigner } from './engine.js';

const text = new TextDecoder('utf-8', { ignoreBOM: true });

/** Signs; gives the whole request `{method, url, headers, body, added}`. */
export function sign({ scheme, secret, method, url, headers, body, messageId, nowMs = Date.now() }) {
  const signer = new WebhookSigner({ scheme, keys: [{ id: 'secret', secret }] });
  const signed = signer.sign({ method, url, headers }, body, { messageId, nowMs });
  const target = signed.url ?? url;
  const address = signed.query === undefined ? target : `${target.split('?')[0]}?${signed.query}`;
  const isSet = new Set(signed.headers.map(([name]) => name.toLowerCase()));
  const kept = headers.filter(([name]) => !isSet.has(name.toLowerCase()));
  return { method, url: address, headers: [...kept, ...signed.headers], body: signed.body ?? body, added: signed.headers };
}

/** The request as it goes over the wire. */
export function rawRequest({ method, url, headers, body }) {
  const { host, href, origin, protocol } = new URL(url);
  const target = protocol === 'https:' ? href.slice(origin.length) : url;
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  return `${lines.join('\n')}\n\n${text.decode(body)}`;
}
