// The HMACs of long bodies, which the platform works out faster than the module: WebAssembly has no instructions for hashing. Nothing
// else leaves the module: it says which bytes stand around the body, and it compares and judges.

/** `node:crypto`, where there is one: it takes the bytes in pieces, and answers at once. */
const node = builtin('node:crypto');
const subtle = globalThis.crypto?.subtle;

/** Firefox answers after 60 µs at the soonest, Chromium after 10. */
const isFirefox = /\bFirefox\//.test(globalThis.navigator?.userAgent);

/**
 * From this length on, of the body in bytes, the platform is faster. In Node the two lines meet between 3 and 4 KB; with `crypto.subtle`,
 * which answers later, at 8 KB in Chromium and at 32 KB in Firefox. `bench/browsers.mjs` shows where.
 */
export const LONG = node ? 4096 : subtle ? (isFirefox ? 32_768 : 8192) : Infinity;

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
  if (node) return node.createHmac(hash, key).update(before).update(body).update(after).digest();
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
