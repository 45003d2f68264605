// Logins with SecSign ID.
import native from './native.cjs';
import { CountermarkError, translated, translatedClass } from './errors.mjs';

const Client = translatedClass(native.LoginClient);
const Native = translatedClass(native.Sealer);
translatedClass(native.LoginOutcome);

export const AuthSession = translatedClass(native.AuthSession);
export const LoginService = translatedClass(native.LoginService);
export const Login = translatedClass(native.Login);
export const AppLink = translatedClass(native.AppLink);
export const accessPassFromPng = translated(native.accessPassFromPng);
export const accessPassFromBase64 = translated(native.accessPassFromBase64);
export const normalizeSecsignId = translated(native.normalizeSecsignId);
export const parseReply = translated(native.parseReply);
export const safeReturnUrl = translated(native.safeReturnUrl);

/** The calls of this thread. They end with it. */
const calls = new native.Calls();

/** Runs a call that takes an `Abort`; its promise rejects with the signal's reason as soon as that fires. */
export async function abortable(signal, call) {
  if (!signal) return call(calls);
  signal.throwIfAborted();
  const abort = new native.Abort();
  return new Promise((resolve, reject) => {
    const stop = () => {
      abort.abort();
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
    // What it throws at once rejects too.
    (async () => call(calls, abort))()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}

export class LoginClient {
  #native;

  constructor({ extraRootsPem, store, ...config }) {
    const hasStore = store !== undefined && store !== null;
    // One that may give a key twice lets two logins begin for one ID, and that freezes it.
    const isUsable = () => typeof store.reserve === 'function' && typeof store.release === 'function' && store.atomic !== false;
    if (hasStore && !isUsable()) throw new CountermarkError('CM_INVALID_CONFIG\x1f\x1fstore');
    // Whatever a store gives or throws arrives in Rust as a promise.
    const functions = hasStore ? {
      reserve: async (key, untilMs, nowMs) => store.reserve(key, untilMs, nowMs),
      release: async (key) => void (await store.release(key)),
    } : undefined;
    this.#native = new Client(config, extraRootsPem, functions);
  }

  async begin(secsignId, { signal } = {}) {
    return abortable(signal, (calls, abort) => this.#native.begin(calls, abort, secsignId));
  }

  async check(session, { signal } = {}) {
    return abortable(signal, (calls, abort) => this.#native.check(calls, abort, session));
  }

  async wait(session, { signal, deadlineMs } = {}) {
    return abortable(signal, (calls, abort) => this.#native.wait(calls, abort, session, deadlineMs));
  }

  async cancel(session, { signal } = {}) {
    await abortable(signal, (calls, abort) => this.#native.cancel(calls, abort, session));
  }

  async release(session, { signal } = {}) {
    await abortable(signal, (calls, abort) => this.#native.release(calls, abort, session));
  }
}

export class SessionSealer {
  #native;

  constructor({ keys, serviceName, serviceAddress }) {
    this.#native = new Native(keys, serviceName, serviceAddress);
  }

  seal(session, binding, { nowMs = Date.now(), entropy = crypto.getRandomValues(new Uint8Array(24)) } = {}) {
    return this.#native.seal(session, binding, nowMs, entropy);
  }

  open(token, binding, nowMs = Date.now()) {
    return this.#native.open(token, binding, nowMs);
  }
}
