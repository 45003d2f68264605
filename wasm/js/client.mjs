// What the Node addon has and the module has not: the clients with their network, and outcomes that need no handle.
import { Login, LoginService, ReplayMemory, SecureSignClient } from './countermark.js';
import { drive } from './fetch-driver.mjs';

/** Runs a machine and takes its result; nothing of it is kept. */
async function run(machine, abort, result, store) {
  try {
    await drive(machine, abort.signal, store);
    return result(machine);
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
    if (extraRootsPem !== undefined) throw new Error('CM_UNSUPPORTED\x1f\x1fextraRootsPem: the runtime chooses whom it trusts');
    this.#service = new LoginService(config);
    this.#store = store;
  }

  async begin(secsignId, abort) {
    return run(Login.begin(this.#service, secsignId, Date.now()), abort, (login) => login.challenge(), this.#store);
  }

  async check(session, abort) {
    return run(Login.check(this.#service, session, Date.now()), abort, (login) => login.outcome(), this.#store);
  }

  async wait(session, abort, deadlineMs) {
    return run(Login.wait(this.#service, session, Date.now(), deadlineMs), abort, (login) => login.outcome(), this.#store);
  }

  async cancel(session, abort) {
    await run(Login.cancel(this.#service, session, Date.now()), abort, (login) => login.outcome(), this.#store);
  }

  async release(session, abort) {
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

SecureSignClient.prototype.validate = async function (origin, platform, abort) {
  return run(this.validateCall(origin, platform), abort, (call) => call.validation());
};

SecureSignClient.prototype.session = async function (request, abort) {
  return run(this.sessionCall(request), abort, (call) => ({ session: call.session(), pending: call.pending() }));
};
