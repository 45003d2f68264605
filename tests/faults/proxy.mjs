// Stands before an ID server, and spoils the first request of one kind.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const KINDS = { start: 'ReqRequestAuthSession', check: 'ReqGetAuthSessionState', cancel: 'ReqCancelAuthSession', release: 'ReqReleaseAuthSession' };

// Each gets three things once the whole request has arrived: `client`, its socket; `forward`, which sends it on and gives the whole reply; and
// how long the client waits at most.
export const FAULTS = {
  /** Closed before the server has it. */
  'closed': { error: 'NETWORK', play: async (client) => client.destroy() },
  'reset': { error: 'NETWORK', play: async (client) => client.resetAndDestroy() },
  'silent': { error: 'TIMEOUT', play: async () => {} },
  /** The server has it, and its reply is lost. */
  'reply-lost': { error: 'NETWORK', play: async (client, forward) => forward().then(() => client.destroy()) },
  'reply-halved': {
    error: 'NETWORK',
    play: async (client, forward) => {
      const reply = await forward();
      client.end(reply.subarray(0, Math.floor(reply.length - 20)));
    },
  },
  'reply-late': { error: 'TIMEOUT', play: async (client, forward, limitMs) => forward().then((reply) => setTimeout(() => client.end(reply), 2 * limitMs).unref()) },
  /** Slow loris: a byte now and then, so that the connection never rests. */
  'reply-dripping': {
    error: 'TIMEOUT',
    play: async (client, forward) => {
      const reply = await forward();
      let at = 0;
      const timer = setInterval(() => client.write(reply.subarray(at, ++at)), 50);
      client.on('close', () => clearInterval(timer));
    },
  },
};

/** Starts a proxy before `server`; gives its address, and `end`. */
export async function startProxy(server, step, fault, limitMs) {
  const target = new URL(server);
  let spoiled = false;
  let isOver = false;
  // A release that the adapter gave up may still be on its way when the login is over and its server ends.
  const unlessOver = (error) => {
    if (!isOver) throw error;
  };
  const sockets = new Set();
  const listener = createServer((client) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client)).on('error', () => {});
    let request = Buffer.alloc(0);
    client.on('data', (chunk) => {
      request = Buffer.concat([request, chunk]);
      if (!isWhole(request)) return;
      const whole = request;
      request = Buffer.alloc(0);
      const forward = () => exchange(target, whole);
      if (!spoiled && whole.includes(`request=${KINDS[step]}`)) {
        spoiled = true;
        FAULTS[fault].play(client, forward, limitMs).catch(unlessOver);
      } else {
        forward().then((reply) => client.end(reply)).catch(unlessOver);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    url: `http://127.0.0.1:${listener.address().port}`,
    wasPlayed: () => spoiled,
    end: () => {
      isOver = true;
      for (const socket of sockets) socket.destroy();
      listener.close();
    },
  };
}

function isWhole(request) {
  const end = request.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(request.subarray(0, end + 2).toString('latin1'));
  return request.length >= end + 4 + Number(length?.[1] ?? 0);
}

/** The server's whole reply to one request, on a connection of its own. */
async function exchange({ hostname, port }, request) {
  const head = request.indexOf('\r\n\r\n');
  const lines = request.subarray(0, head).toString('latin1').split('\r\n').filter((line) => !/^connection:/i.test(line));
  const socket = connect(Number(port), hostname);
  socket.write(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
  socket.write(request.subarray(head + 4));
  const parts = [];
  for await (const part of socket) parts.push(part);
  return Buffer.concat(parts);
}
