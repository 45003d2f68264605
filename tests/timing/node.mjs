// Verifications in the npm package: node tests/timing/node.mjs SCHEME honest|leaky SAMPLES FILE. See README.md.
import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { WebhookVerifier } from '../../node/js/index.mjs';
import { signWebhook } from '../../node/js/testing.mjs';

const [scheme, subject, samples, file] = process.argv.slice(2);
const secret = 'a secret of thirty-two characters';
const body = Buffer.from('{"event":"paid"}');
const [[name, right]] = signWebhook({ scheme, secret, body }).headers;
const verifier = new WebhookVerifier({ scheme, keys: [{ id: 'k1', secret }] });

// Still hex digits: what is none is refused sooner.
const other = (digit) => (digit === '0' ? '1' : '0');
const digitsAt = right.indexOf('=') + 1;
const late = Buffer.from(right.slice(0, -1) + other(right.at(-1)));
const early = Buffer.from(right.slice(0, digitsAt) + [...right.slice(digitsAt)].map(other).join(''));
const chosen = Buffer.alloc(right.length);
const difference = late.map((byte, at) => byte ^ early[at]);

/** A new string of bytes at the same place, made by the same steps: where two buffers lie shows in the times. */
function choose(kind) {
  for (let at = 0; at < chosen.length; at++) chosen[at] = late[at] ^ (difference[at] & -kind);
  return chosen.latin1Slice();
}

function refused(signature) {
  // An exception takes ten times as long as what is measured.
  const { code } = verifier.tryVerify({ headers: { [name]: signature } }, body);
  if (code !== 'CM_SIGNATURE_MISMATCH') throw new Error(`a wrong signature was not refused: ${code}`);
}

/** The twin: the same, and then a comparison that ends at the first difference. */
let verdict = false;
function leaky(signature) {
  refused(signature);
  let at = 0;
  while (at < signature.length && signature.charCodeAt(at) === right.charCodeAt(at)) at += 1;
  verdict ||= at === signature.length;
}

const run = subject === 'leaky' ? leaky : refused;
const times = new Float64Array(Number(samples));
for (let at = 0; at < times.length; at++) {
  const kind = Math.trunc(2 * Math.random());
  const signature = choose(kind);
  const began = performance.now();
  run(signature);
  times[at] = 2 * Math.round((performance.now() - began) * 1e6) + kind;
}
if (verdict) throw new Error('a wrong signature was right');
writeFileSync(file, BigUint64Array.from(times, BigInt));
