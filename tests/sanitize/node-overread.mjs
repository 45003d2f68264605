// node node-overread.mjs MODULE: the addon reads the body where nothing is, as the ArrayBuffer of the module says more bytes than it has.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { WebhookVerifier } from '../../node/js/index.mjs';

const body = new Uint8Array(createRequire(import.meta.url)(resolve(process.argv[2])));
const verifier = new WebhookVerifier({ scheme: 'github', keys: [{ id: '1', secret: 'a secret of at least twenty characters' }] });
verifier.tryVerify({ headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` } }, body);
