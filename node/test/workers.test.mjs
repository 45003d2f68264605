// The addon in two worker threads at once, which end at different times.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { signQuery } from 'countermark/testing';
import { idServer } from './support.mjs';

const SECRET = 'a secret of at least twenty characters';
const PROGRAM = `
  import { parentPort, workerData } from 'node:worker_threads';
  import { LoginClient, SignedQueryVerifier } from 'countermark';
  const verifier = new SignedQueryVerifier({ profile: 'legacy-onelogin', keys: [{ id: '1', secret: workerData.secret }] });
  for (let i = 0; i < 1000; i++) verifier.verify(workerData.query);
  const login = new LoginClient({ server: workerData.server, serviceName: 'a', serviceAddress: 'b' });
  const { session } = await login.begin(workerData.id);
  await login.cancel(session);
  parentPort.postMessage(verifier.verify(workerData.query).claimedEmail);
`;

test('two workers', async (t) => {
  const idp = await idServer();
  t.after(idp.stop);
  const fields = { firstname: 'Jane', lastname: 'Doe', email: 'jane.doe@example.com' };
  const query = signQuery({ profile: 'legacy-onelogin', secret: SECRET, fields });
  const program = new URL(`data:text/javascript,${encodeURIComponent(PROGRAM.replaceAll("'countermark'", `'${import.meta.resolve('countermark')}'`))}`);
  const start = (id) => new Worker(program, { workerData: { query, secret: SECRET, server: idp.server, id } });
  const workers = [start('alice'), start('bob')];
  const answers = await Promise.all(workers.map((worker) => Promise.race([once(worker, 'message'), once(worker, 'error').then(([error]) => Promise.reject(error))])));
  assert.deepEqual(answers, [['jane.doe@example.com'], ['jane.doe@example.com']]);
  await Promise.all(workers.map((worker) => worker.terminate()));

  // One that is ended in the middle of a login takes nothing with it.
  const third = start('carol');
  await once(third, 'online');
  await third.terminate();
  const fourth = start('dave');
  assert.deepEqual(await once(fourth, 'message'), ['jane.doe@example.com']);
  await fourth.terminate();
});

const WAITING = `
  import { parentPort, workerData } from 'node:worker_threads';
  import { LoginClient } from 'countermark';
  const login = new LoginClient({ server: workerData.server, serviceName: 'a', serviceAddress: 'b' });
  const all = await Promise.all(Array.from({ length: 20 }, (_, i) => login.begin('user' + workerData.id + i)));
  for (const { session } of all) login.wait(session).catch(() => {});
  parentPort.postMessage('waiting');
`;

test('the logins of a thread end with it', async (t) => {
  const idp = await idServer();
  t.after(idp.stop);
  const program = new URL(`data:text/javascript,${encodeURIComponent(WAITING.replaceAll("'countermark'", `'${import.meta.resolve('countermark')}'`))}`);
  const asked = async () => (await idp.control('GET', 'transcript')).filter(({ request }) => request === 'state').length;
  for (let id = 0; id < 3; id++) {
    const worker = new Worker(program, { workerData: { server: idp.server, id } });
    await once(worker, 'message');
    const before = await asked();
    for (let tries = 0; tries < 500 && (await asked()) < before + 20; tries++) await sleep(20);
    await worker.terminate();
  }
  // What was on its way may still arrive; the next questions would come two seconds later, and so on in each round.
  let [before, now] = [-1, await asked()];
  for (let rounds = 0; rounds < 4 && now !== before; rounds++) {
    await sleep(2500);
    [before, now] = [now, await asked()];
  }
  assert.equal(now, before);
});
