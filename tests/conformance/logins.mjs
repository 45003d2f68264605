// Logins over a network: several at once, each with servers of its own.
import { isDeepStrictEqual } from 'node:util';
import { Adapter } from './adapter.mjs';
import { start } from './emulator.mjs';

// Most of the time is spent in waiting. An adapter answers in order, so each login at once needs a process.
const AT_ONCE = 8;

/** Gives for each vector what was seen, in the order of the vectors: `{answer, sent, wrong}` or `{failure}`. */
export async function runLogins(name, vectors) {
  const seen = [];
  const left = vectors.entries();
  const worker = async () => {
    let adapter;
    for (const [index, vector] of left) {
      adapter ??= new Adapter(name);
      seen[index] = await run(adapter, vector).catch((failure) => ({ failure }));
    }
    await adapter?.end();
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, vectors.length) }, worker));
  return seen;
}

async function run(adapter, { request, servers }) {
  const running = {};
  try {
    for (const [role, server] of Object.entries(servers)) running[role] = await start(server);
    const question = { ...request, server: running.primary.url };
    if (running.fallback) question.fallback = running.fallback.url;
    if (question.ca_pem === '{primary}') question.ca_pem = running.primary.caPem;

    const answer = await adapter.ask(question);
    const sent = {};
    const wrong = [];
    for (const [role, server] of Object.entries(servers)) {
      const requests = await running[role].requests();
      // The other headers hold the port, which differs from run to run.
      sent[role] = requests.map(({ method, path, headers, body, body_base64 }) => ({
        method,
        path,
        content_type: headers.filter(([header]) => header === 'content-type').map(([, value]) => value),
        ...(body === undefined ? { body_base64 } : { body }),
      }));
      const kinds = requests.map(({ request: kind }) => kind ?? 'none');
      if (server.sent && !isDeepStrictEqual(kinds, server.sent)) wrong.push(`${role} got ${kinds}, and not ${server.sent}`);
    }
    return { answer, sent, wrong };
  } finally {
    await Promise.all(Object.values(running).map((server) => server.end()));
  }
}
