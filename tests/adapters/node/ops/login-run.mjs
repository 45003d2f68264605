// `login.run`: the login client against a real server.
import { LoginClient } from '../countermark.mjs';
import { BadRequest } from '../fields.mjs';
import { config } from './login.mjs';

async function run(fields) {
  // Without a server, the client would turn to the public one.
  fields.text('server');
  const client = new LoginClient({ ...config(fields), extraRootsPem: fields.textOpt('ca_pem') });
  const afterMs = fields.intOpt('deadline_ms');
  let session;
  let authenticatedId;
  const note = (outcome) => {
    authenticatedId = outcome.secsignId ?? authenticatedId;
    return outcome.kind;
  };
  const steps = {
    start: async () => {
      ({ session } = await client.begin(fields.text('secsignid')));
      return 'pending';
    },
    check: async () => note(await client.check(session)),
    wait: async () => note(await client.wait(session, { deadlineMs: afterMs === undefined ? undefined : Date.now() + afterMs })),
    cancel: async () => {
      await client.cancel(session);
      return 'canceled';
    },
    release: async () => {
      await client.release(session);
      return 'released';
    },
  };
  const trace = [];
  for (const step of fields.texts('steps')) {
    if (!Object.hasOwn(steps, step)) throw new BadRequest(step);
    if (step !== 'start' && !session) {
      trace.push({ step, error: 'WRONG_STATE' });
      continue;
    }
    try {
      trace.push({ step, outcome: await steps[step]() });
    } catch (error) {
      if (error.number === undefined) throw error;
      trace.push({ step, error: error.code.slice('CM_'.length) });
    }
  }
  return authenticatedId === undefined ? { trace } : { trace, authenticated_id: authenticatedId };
}

export default { 'login.run': run };
