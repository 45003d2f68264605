// The addon in two worker threads at once, which end at different times.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
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
