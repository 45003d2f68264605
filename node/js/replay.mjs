// What may happen once, in the memory of this process.
import native from './native.cjs';
import { translated, translatedClass } from './errors.mjs';

const Native = translatedClass(native.ReplayMemory);

const keepUntilMs = translated(native.webhookKeepUntilMs);

export const webhookKeepUntilMs = (replayUntilMs, keepS, nowMs = Date.now()) => keepUntilMs(replayUntilMs, keepS, nowMs);

export class MemoryReplayStore {
  #native;

  constructor({ capacity } = {}) {
    this.#native = new Native(capacity);
  }

  reserve(key, untilMs, nowMs = Date.now()) {
    return this.#native.reserve(key, untilMs, nowMs);
  }

  commit(key) {
    return this.#native.commit(key);
  }

  isCommitted(key) {
    return this.#native.isCommitted(key);
  }

  release(key) {
    return this.#native.release(key);
  }

  get size() {
    return this.#native.size;
  }
}
