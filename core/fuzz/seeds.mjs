// Writes a corpus of the vectors: node core/fuzz/seeds.mjs FOLDER. A target that takes a structure gets its bytes in the order in which
// `arbitrary` reads them only where that is plain; the others learn from the lines of the target `adapter`.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vectors } from '../../tests/conformance/vectors.mjs';

const folder = process.argv[2];

function seed(target, bytes) {
  mkdirSync(join(folder, target), { recursive: true });
  writeFileSync(join(folder, target, createHash('sha1').update(bytes).digest('hex')), bytes);
}

const KINDS = { start: 0, state: 1, cancel: 2, release: 3 };
for (const { request, servers } of vectors()) {
  if (servers) continue;
  const line = Buffer.from(JSON.stringify(request));
  if (line.length < 4000) seed('adapter', line);
  const body = Buffer.from(request.body_base64 ?? '', 'base64');
  if (request.op === 'reply.parse' && body.length < 4000) seed('reply', Buffer.concat([Buffer.from([KINDS[request.request]]), body]));
  if (request.op === 'query.verify') seed('query', Buffer.from(request.query));
  if (request.op === 'webhook.verify' && body.length < 4000) seed('webhook', body);
  if (request.op === 'login.machine') for (const event of request.events ?? []) if (event.body) seed('login', Buffer.from(event.body));
  if (request.op === 'seal.open_foreign') seed('seal', Buffer.from(request.token));
  if (request.op.startsWith('securesign') && request.reply?.body) seed('securesign', Buffer.from(request.reply.body));
  if (request.op === 'securesign.hint') seed('securesign', Buffer.from(request.query));
  for (const name of ['secsignid', 'candidate', 'id_server']) if (typeof request[name] === 'string') seed('text', Buffer.from(request[name]));
}

// Only Rust, Python and the debugger can be asked these, so they are not among the vectors of every language.
const { testGroups } = JSON.parse(readFileSync(new URL('../../tests/vectors/inspect/webhook.json', import.meta.url), 'utf8'));
for (const group of testGroups) {
  for (const { request } of group.tests) {
    seed('adapter', Buffer.from(JSON.stringify({ ...group.request, ...request, id: 0 })));
    if (request.saved_base64) seed('inspect', Buffer.from(request.saved_base64, 'base64'));
  }
}
