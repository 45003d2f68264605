// node node-misuse.mjs MODULE overread | leak: what a program does wrong, and a sanitizer must see.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { WebhookVerifier } from '../../node/js/index.mjs';
import native from '../../node/js/native.cjs';

const [module, misuse] = process.argv.slice(2);
const { overlong, forget } = createRequire(import.meta.url)(resolve(module));
const config = { scheme: 'github', keys: [{ id: '1', secret: 'a secret of at least twenty characters' }] };
if (misuse === 'overread') {
  const request = { headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` } };
  new WebhookVerifier(config).tryVerify(request, new Uint8Array(overlong()));
} else if (misuse === 'leak') {
  forget(new native.WebhookExplainer(config));
}
