// `countermark id-server`, one for each server of a login vector, and its control API.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.mjs';

const COMMAND = process.env.COUNTERMARK ?? fileURLToPath(new URL('../../target/debug/countermark', import.meta.url));

/** Starts what a vector's `servers` names: a server, or an address where nobody listens. */
export async function start({ args = [], control = [], refusing }) {
  if (refusing) return { url: `http://127.0.0.1:${await freePort()}`, requests: async () => [], end: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'countermark-'));
  const ca = args.includes('--tls') ? ['--ca-out', join(folder, 'ca.pem')] : [];
  // The seed makes the numbers of sessions those of every run, so that the requests of two adapters can be compared by their bytes.
  const child = spawn(COMMAND, ['id-server', '--seed', '1', ...args, ...ca], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const end = async () => {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true });
  };
  try {
    const first = once(createInterface({ input: child.stdout }), 'line');
    const line = await Promise.race([first, ended.then(([code]) => Promise.reject(new Error(`id-server ended with ${code}`)))]);
    const { server, control: api, token, ca_pem } = JSON.parse(line[0]);
    const call = async (method, path, body) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', connection: 'close' };
      const reply = await fetch(new URL(path, api), { method, headers, body: body && JSON.stringify(body) });
      if (!reply.ok) throw new Error(`${method} ${path}: ${await reply.text()}`);
      return reply.json();
    };
    for (const command of control) await call(...command);
    return { url: server, caPem: ca_pem && readFileSync(ca_pem, 'utf8'), requests: () => call('GET', '/transcript'), end };
  } catch (error) {
    await end();
    throw error;
  }
}
