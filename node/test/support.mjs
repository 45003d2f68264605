// What several tests need.
import { fileURLToPath } from 'node:url';
import { startIdServer } from 'countermark/testing';

/** The built command: `COUNTERMARK`, or that of the debug build. */
const command = process.env.COUNTERMARK ?? fileURLToPath(new URL('../../target/debug/countermark', import.meta.url));

export const idServer = (...args) => startIdServer({ command, args });

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
