// What several tests need.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startIdServer } from 'countermark/testing';

/** The built command: `COUNTERMARK`, or that of the debug build. */
const command = process.env.COUNTERMARK ?? fileURLToPath(new URL('../../target/debug/countermark', import.meta.url));

export const idServer = (...args) => startIdServer({ command, args });

/** Waits until it holds. After half a minute it never will. */
export async function until(holds) {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    assert.ok(Date.now() < end, String(holds));
    await sleep(10);
  }
}

/** A Redis that listens at a socket in this folder. */
export async function redisServer(folder) {
  const path = join(folder, 'socket');
  const server = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', '', '--dir', folder], { stdio: 'ignore' });
  await until(() => existsSync(path));
  return { path, server };
}

/** A server of `node:http` on a free port: its address, and how to end it. */
export async function listen(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}
