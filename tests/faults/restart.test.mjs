// A service is killed between the approval and its check; the one that takes its place completes the login with the sealed session.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { start } from '../conformance/emulator.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

async function service(server) {
  const child = spawn('python/.venv/bin/python', ['tests/faults/service.py', server, 'k'.repeat(32)], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = await once(createInterface({ input: child.stdout }), 'line');
  const get = async (path, headers) => (await fetch(`${url}${path}`, { headers: { connection: 'close', ...headers } })).json();
  const kill = async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return { get, kill };
}

test('killed between approval and check, a service completes the login after its restart', async (t) => {
  // Approved at the first question after the start: nobody has asked yet when the service dies.
  const server = await start({ args: ['--approve-after', '0'] });
  t.after(server.end);
  const first = await service(server.url);
  const { token } = await first.get('/begin', { 'x-visitor': 'a' });
  assert.match(token, /^[\w-]+$/);
  await first.kill();

  const second = await service(server.url);
  t.after(second.kill);
  const check = (visitor) => second.get('/check', { 'x-visitor': visitor, 'x-token': token });
  assert.deepEqual(await check('b'), { error: 'UNKNOWN_HANDLE' }, 'the session of another visitor');
  assert.deepEqual(await check('a'), { outcome: 'approved', secsignid: 'alice' });
  assert.deepEqual(await check('a'), { error: 'ALREADY_CONSUMED' }, 'once');
});
