// The HMACs of long bodies, which the platform works out faster than the module: WebAssembly has no instructions for hashing. Nothing
// else leaves the module: it says which bytes stand around the body, and it compares and judges.

/** `node:crypto`, where there is one: it takes the bytes in pieces, and answers at once. */
const node = builtin('node:crypto');
const subtle = globalThis.crypto?.subtle;

/**
 * From this length on, of the body in bytes, the platform is faster: where the two lines meet. `bench/verify.mjs` and `bench/browsers.mjs` show
 * them. An answer of Deno's `node:crypto` takes 8 µs at the least and one of Bun's 2; of `crypto.subtle`, 60 in Firefox and 10 in Chromium.
 */
const NODE_MEETS = { Bun: 1024, Deno: 4096, 'Cloudflare-Workers': 3072 };
const agent = globalThis.navigator?.userAgent ?? '';
export const LONG = node ? (NODE_MEETS[agent.split('/')[0]] ?? 2048) : subtle ? (/\bFirefox\//.test(agent) ? 32_768 : 8192) : Infinity;

function builtin(name) {
  try {
    return globalThis.process?.getBuiltinModule?.(name);
  } catch {
    // Next.js' edge runtime has the name in `process`, and throws where it is read.
    return undefined;
  }
}

/** A key for {@link hmac}. The bytes of its secret are wiped. */
export async function keyOf({ hash, secret }) {
  try {
    if (node) return { hash, key: node.createSecretKey(secret) };
    const algorithm = { name: 'HMAC', hash: hash.replace('sha', 'SHA-') };
    return { key: await subtle.importKey('raw', secret, algorithm, false, ['sign']) };
  } finally {
    secret.fill(0);
  }
}

export function hmac({ hash, key }, { before, after }, body) {
  if (node) {
    const mac = node.createHmac(hash, key).update(before).update(body);
    // Each call costs as much as a block.
    return (after.length > 0 ? mac.update(after) : mac).digest();
  }
  return subtle.sign('HMAC', key, joined(before, body, after)).then((mac) => new Uint8Array(mac));
}

function joined(before, body, after) {
  if (before.length === 0 && after.length === 0) return body;
  const bytes = new Uint8Array(before.length + body.length + after.length);
  bytes.set(before);
  bytes.set(body, before.length);
  bytes.set(after, before.length + body.length);
  return bytes;
}
