// What the Node addon has and the module has not: the clients with their network, and outcomes that need no handle.
import { Login, LoginService, ReplayMemory, SecureSignClient } from './countermark.js';
import { drive } from './fetch-driver.mjs';

/**
 * Runs a machine and takes its result; nothing of it is kept.
 * @param abort the controller that stops it, if any
 * @param aborted what is left to do then
 */
async function run(machine, abort, result, store, aborted = () => {}) {
  try {
    await drive(machine, (abort ?? new AbortController()).signal, store);
    return result(machine);
  } catch (thrown) {
    if (abort?.signal.aborted) await aborted(machine);
    throw thrown;
  } finally {
    machine.free();
  }
}

export class LoginOutcome {
  #refusal;

  constructor({ kind, secsignId, isOpen, refusal }) {
    Object.assign(this, { kind, secsignId, isOpen });
    this.#refusal = refusal;
  }

  requireApproved() {
    if (this.#refusal !== undefined) throw new Error(this.#refusal);
    return this.secsignId;
  }
}

Login.prototype.outcome = function () {
  return new LoginOutcome(this.outcomeParts());
};

export class LoginClient {
  #service;
  #store;

  constructor(config, extraRootsPem, store = ownStore()) {
    if (extraRootsPem !== undefined) throw new Error('CM_UNSUPPORTED\x1f\x1fextraRootsPem');
    this.#service = new LoginService(config);
    this.#store = store;
  }

  async begin(calls, abort, secsignId) {
    const challenge = await run(Login.begin(this.#service, secsignId, Date.now()), undefined, (login) => login.challenge(), this.#store);
    // Nobody would know the session, and the ID would stay busy. Whoever aborted has the reason by now.
    if (abort?.signal.aborted) await this.cancel(calls, undefined, challenge.session).catch(() => {});
    return challenge;
  }

  async check(calls, abort, session) {
    return run(Login.check(this.#service, session, Date.now()), abort, (login) => login.outcome(), this.#store);
  }

  async wait(calls, abort, session, deadlineMs) {
    // So that the phone stops asking.
    const withdraw = (login) => {
      login.abort(Date.now());
      return drive(login, new AbortController().signal, this.#store);
    };
    return run(Login.wait(this.#service, session, Date.now(), deadlineMs), abort, (login) => login.outcome(), this.#store, withdraw);
  }

  async cancel(calls, abort, session) {
    await run(Login.cancel(this.#service, session, Date.now()), abort, (login) => login.outcome(), this.#store);
  }

  async release(calls, abort, session) {
    await run(Login.release(this.#service, session, Date.now()), abort, () => undefined, this.#store);
  }
}

/** The store of this process, in the shape of those that users bring. */
function ownStore() {
  const memory = new ReplayMemory();
  return {
    reserve: async (key, untilMs, nowMs) => memory.reserve(key, untilMs, nowMs),
    release: async (key) => memory.release(key),
  };
}

SecureSignClient.prototype.validate = async function (calls, abort, origin, platform) {
  return run(this.validateCall(origin, platform), abort, (call) => call.validation());
};

SecureSignClient.prototype.session = async function (calls, abort, request) {
  return run(this.sessionCall(request), abort, (call) => ({ session: call.session(), pending: call.pending() }));
};
