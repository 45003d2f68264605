// CPU of this process for each question of a thousand logins that are polled at once, beside undici and fetch.
//
//   cargo build --release -p countermark-cli, and: npm ci && node polling.mjs [logins]
//
// Three ways to ask, over `countermark id-server`, which is another process and does not count:
//  - `wait`: one promise a login, the loop in Rust; against the same loop in JavaScript, every two seconds;
//  - `check`: one promise a question, each login again as soon as it has its answer.
import { setTimeout as sleep } from 'node:timers/promises';
import { LoginClient } from 'countermark';
import { startIdServer } from 'countermark/testing';
import { Agent, request } from 'undici';

const LOGINS = Number(process.argv[2] ?? 1000);
const PAUSE_MS = 2_000;
const command = process.env.COUNTERMARK ?? '../../target/release/countermark';
const idp = await startIdServer({ command });
const login = new LoginClient({ server: idp.server, serviceName: 'bench', serviceAddress: 'localhost', connectTimeoutMs: 60_000, totalTimeoutMs: 60_000 });
const headers = { 'content-type': 'application/x-www-form-urlencoded' };
const dispatcher = new Agent({ connections: LOGINS });

let users = 0;
/** New logins, as this package has them and as forms. */
async function begin() {
  const first = users;
  const sessions = await Promise.all(Array.from({ length: LOGINS }, async () => (await login.begin(`user${users++}`)).session));
  const known = await idp.control('GET', 'sessions');
  const forms = known.slice(first).map(({ secsignid, authsessionid, requestid, request_id }) =>
    new URLSearchParams({ request: 'ReqGetAuthSessionState', secsignid, authsessionid, requestid: requestid ?? request_id, apimethod: 'SecSignIDApi_Countermark' }).toString());
  if (forms.length !== LOGINS) throw new Error(`${forms.length} sessions`);
  return { sessions, forms };
}

const pending = (text) => {
  if (!/authsessionstate=1/.test(text)) throw new Error(text);
};
const asks = ({ sessions, forms }) => ({
  'countermark': async (i) => {
    if ((await login.check(sessions[i])).kind !== 'pending') throw new Error('not pending');
  },
  'undici': async (i) => pending(await (await request(idp.server, { method: 'POST', headers, body: forms[i], dispatcher })).body.text()),
  'fetch': async (i) => pending(await (await fetch(idp.server, { method: 'POST', headers, body: forms[i] })).text()),
});

const asked = async () => (await idp.control('GET', 'transcript')).filter(({ request }) => request === 'state').length;

/** Runs the work of all logins, which gives the number of its questions or leaves the count to the server; prints the CPU for each. */
async function measure(name, work) {
  // The server remembers ten thousand.
  await idp.control('DELETE', 'transcript');
  const cpu = process.cpuUsage();
  const rss = process.memoryUsage.rss();
  const start = Date.now();
  const during = sleep((PAUSE_MS * 3) / 2, undefined, { ref: false }).then(() => process.memoryUsage.rss());
  const counts = await Promise.all(Array.from({ length: LOGINS }, (_, i) => work(i)));
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (Date.now() - start) / 1000;
  const questions = typeof counts[0] === 'number' ? counts.reduce((sum, count) => sum + count) : await asked();
  const grown = Date.now() - start > PAUSE_MS * 1.5 ? `${(((await during) - rss) / LOGINS / 1024).toFixed(1)} KB a login` : '';
  console.log(`  ${name.padEnd(24)} ${((user + system) / questions).toFixed(1).padStart(7)} µs of CPU a question ${(questions / seconds).toFixed(0).padStart(7)} a second  ${grown}`);
}

console.log(`node ${process.version}, ${LOGINS} logins at once`);
for (let round = 0; round < 2; round++) {
  const made = await begin();
  const deadlineMs = Date.now() + 5 * PAUSE_MS;
  await measure('countermark, wait', (i) => login.wait(made.sessions[i], { deadlineMs }));
  for (const [name, ask] of Object.entries(asks(made)).slice(1)) {
    const end = Date.now() + 5 * PAUSE_MS;
    await measure(`${name}, every 2 s`, async (i) => {
      let count = 0;
      for (; Date.now() < end; count++) {
        await ask(i);
        await sleep(PAUSE_MS);
      }
      return count;
    });
  }
  for (const [name, ask] of Object.entries(asks(made))) {
    const end = Date.now() + 4_000;
    await measure(`${name}, at once`, async (i) => {
      let count = 0;
      for (; Date.now() < end; count++) await ask(i);
      return count;
    });
  }
}
await dispatcher.close();
await idp.stop();
