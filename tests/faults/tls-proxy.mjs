// Stands before an ID server that speaks TLS, and spoils the first handshake.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

// A ServerHello of TLS 1.0, with a cipher suite of its time. Node and rustls, which could be the server, refuse to speak it.
const OLD = Buffer.concat([
  Buffer.from([0x16, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1]),
  Buffer.alloc(32, 0x5a),
  Buffer.from([0, 0xc0, 0x13, 0]),
]);
// The alert `handshake_failure`: no cipher suite in common.
const ALERT = Buffer.from([0x15, 3, 3, 0, 2, 2, 40]);
const HTTP = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

// Each gets both sockets once the client has spoken: `client`, and `open`, which connects to the server and gives its first answer.
export const HANDSHAKE_FAULTS = {
  'handshake-closed': (client) => client.destroy(),
  'handshake-reset': (client) => client.resetAndDestroy(),
  'handshake-halved': async (client, open) => {
    const answer = await open();
    client.end(answer.subarray(0, Math.floor(answer.length / 2)));
  },
  'handshake-silent': () => {},
  'handshake-refused': (client) => client.end(ALERT),
  'version-too-old': (client) => client.write(OLD),
  'plain-http': (client) => client.end(HTTP),
};

/** Starts a proxy before `server`, under the name that its certificate has; gives its address, and `end`. */
export async function startTlsProxy(server, fault) {
  const { port } = new URL(server);
  let spoiled = false;
  const sockets = new Set();
  const keep = (socket) => {
    sockets.add(socket);
    return socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  };
  const listener = createServer(async (client) => {
    keep(client);
    const [hello] = await once(client, 'data').catch(() => []);
    if (!hello) return;
    client.pause();
    const upstream = keep(connect(Number(port), '127.0.0.1'));
    upstream.write(hello);
    if (spoiled) {
      client.pipe(upstream).pipe(client);
      return;
    }
    spoiled = true;
    client.resume();
    const open = async () => (await once(upstream, 'data'))[0];
    await HANDSHAKE_FAULTS[fault](client, open);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    url: `https://localhost:${listener.address().port}`,
    wasPlayed: () => spoiled,
    end: () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
    },
  };
}
