// CPU of this process for each question of a thousand logins that poll at once, beside undici and fetch.
//
//   cargo build --release -p countermark-cli, and: npm ci && node polling.mjs [sessions]
//
// Every login asks again as soon as it has its answer: `check` in a loop for all three, over `countermark id-server`, which is another
// process and does not count. `wait` itself pauses two seconds between questions.
import { LoginClient } from 'countermark';
import { startIdServer } from 'countermark/testing';
import { Agent, request } from 'undici';

const SESSIONS = Number(process.argv[2] ?? 1000);
const SECONDS = 4;
const command = process.env.COUNTERMARK ?? '../../target/release/countermark';
const idp = await startIdServer({ command });
const login = new LoginClient({ server: idp.server, serviceName: 'bench', serviceAddress: 'localhost', connectTimeoutMs: 60_000, totalTimeoutMs: 60_000 });
const sessions = await Promise.all(Array.from({ length: SESSIONS }, async (_, i) => (await login.begin(`user${i}`)).session));
const bodies = (await idp.control('GET', 'transcript')).filter(({ request }) => request === 'start').length;
if (bodies !== SESSIONS) throw new Error(`${bodies} sessions`);
const known = await idp.control('GET', 'sessions');
const forms = known.map(({ secsignid, authsessionid, requestid, request_id }) =>
  new URLSearchParams({ request: 'ReqGetAuthSessionState', secsignid, authsessionid, requestid: requestid ?? request_id, apimethod: 'SecSignIDApi_Countermark' }).toString());
const headers = { 'content-type': 'application/x-www-form-urlencoded' };
const dispatcher = new Agent({ connections: SESSIONS });
const pending = (text) => {
  if (!/authsessionstate=1/.test(text)) throw new Error(text);
};

const clients = {
  'countermark': async (i) => {
    if ((await login.check(sessions[i])).kind !== 'pending') throw new Error('not pending');
  },
  'undici': async (i) => pending(await (await request(idp.server, { method: 'POST', headers, body: forms[i], dispatcher })).body.text()),
  'fetch': async (i) => pending(await (await fetch(idp.server, { method: 'POST', headers, body: forms[i] })).text()),
};

console.log(`node ${process.version}, ${SESSIONS} at once`);
for (let round = 0; round < 3; round++) {
  for (const [name, ask] of Object.entries(clients)) {
    const cpu = process.cpuUsage();
    const end = Date.now() + SECONDS * 1000;
    let asked = 0;
    await Promise.all(sessions.map(async (_, i) => {
      while (Date.now() < end) {
        await ask(i);
        asked++;
      }
    }));
    const { user, system } = process.cpuUsage(cpu);
    console.log(`  ${name.padEnd(12)} ${((user + system) / asked).toFixed(1).padStart(7)} µs of CPU a question ${(asked / SECONDS).toFixed(0).padStart(8)} a second`);
  }
}
await dispatcher.close();
await idp.stop();
