// The adapter protocol over the public API of the npm package: it translates, and holds no protocol logic.
//
// The protocol is described in `tests/adapters/README.md`.
import { Fields, BadRequest, isObject } from './fields.mjs';
import login from './ops/login.mjs';
import loginRun from './ops/login-run.mjs';
import meta from './ops/meta.mjs';
import query from './ops/query.mjs';
import securesign from './ops/securesign.mjs';
import small from './ops/small.mjs';
import webhook from './ops/webhook.mjs';

const ops = { ...login, ...loginRun, ...meta, ...query, ...securesign, ...small, ...webhook };
const badRequest = { id: null, error: 'BAD_REQUEST', number: 0 };

/** Answers one request line. */
export async function answer(line) {
  let request;
  try {
    request = JSON.parse(line);
  } catch {
    return badRequest;
  }
  if (!isObject(request) || typeof request.op !== 'string' || !Object.hasOwn(ops, request.op)) return badRequest;
  const id = request.id ?? null;
  try {
    return { id, ok: await ops[request.op](new Fields(request)) };
  } catch (error) {
    if (error instanceof BadRequest) return badRequest;
    if (error.number === undefined) throw error;
    return { id, error: error.code.slice('CM_'.length), number: error.number };
  }
}
