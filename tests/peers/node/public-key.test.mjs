// A scheme with a key pair: Countermark signs with the private key, everyone verifies with the public one.
import { verifyKey } from 'discord-interactions';
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { bump, compare, header } from './differential.mjs';

const seconds = (ms) => String(Math.floor(ms / 1000));

/** What stands before the seed in the PKCS #8 form of an Ed25519 key. */
const ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const ed25519 = (seed) => createPrivateKey({ key: Buffer.concat([ED25519, Buffer.from(seed, 'hex')]), format: 'der', type: 'pkcs8' });
const ed25519Public = (seed) => createPublicKey(ed25519(seed)).export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');

compare({
  scheme: 'discord',
  library: 'discord-interactions',
  window: { past: 300, future: 300 },
  signature: { header: 'X-Signature-Ed25519' },
  publicKey: ed25519Public,
  message: (random) => ({ secret: random.bytes(32).toString('hex'), body: random.binary() }),
  accepts: (request) =>
    verifyKey(request.body, header(request, 'X-Signature-Ed25519'), header(request, 'X-Signature-Timestamp'), ed25519Public(request.secret)),
  // The library only verifies: the second signer is OpenSSL.
  signs({ secret, body, now_ms }) {
    const signature = sign(null, Buffer.concat([Buffer.from(seconds(now_ms)), body]), ed25519(secret));
    return { headers: [['X-Signature-Timestamp', seconds(now_ms)], ['X-Signature-Ed25519', signature.toString('hex')]] };
  },
  changes: { 'another time': bump('X-Signature-Timestamp') },
});
