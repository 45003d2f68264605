// For a program that is told its port, and does not say which it took.
import { once } from 'node:events';
import { createServer } from 'node:net';

// Below those that systems give away by themselves, and hardly those of another process: it stays free until the program starts.
let port = 20_000 + Math.floor(Math.random() * 12_000);

/** A port that nobody listens at. */
export async function freePort() {
  for (;;) {
    const server = createServer().listen(++port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
