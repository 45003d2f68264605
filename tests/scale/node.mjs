// The program of README.md on Node: node tests/scale/node.mjs SERVER LOGINS SECONDS
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LoginClient } from '../../node/js/index.mjs';

const [server, logins, seconds] = process.argv.slice(2);
const client = new LoginClient({ server, serviceName: 'Example', serviceAddress: 'https://example.com' });
const sessions = [];
let next = 0;
const before = process.memoryUsage.rss();
const beginSome = async () => {
  while (next < Number(logins)) sessions.push((await client.begin(`user${next++}`)).session);
};
await Promise.all(Array.from({ length: 50 }, beginSome));
const cpu = process.cpuUsage();
const deadlineMs = Date.now() + 1000 * Number(seconds);
const waits = Promise.all(sessions.map((session) => client.wait(session, { deadlineMs })));
let files = 0;
let during = before;
while (Date.now() < deadlineMs - 1000) {
  await sleep(100);
  files = Math.max(files, readdirSync('/proc/self/fd').length);
  during = process.memoryUsage.rss();
}
await waits;
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ grown_bytes: during - before, cpu_ms: (user + system) / 1000, files }));
