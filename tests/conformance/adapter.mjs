// One adapter's process: a line for each question, a line for each answer, in order.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
// A login over a network may wait some seconds. This long without any answer is a hang.
const SILENCE_MS = 30_000;

export class Adapter {
  #child;
  #waiting = [];
  #failure;
  #timer;

  constructor(name) {
    this.#child = spawn(`tests/adapters/${name}/run`, { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
    this.ended = once(this.#child, 'exit').then(([code, signal]) => signal ?? code);
    this.#child.on('error', (error) => this.#fail(error));
    this.#child.stdin.on('error', () => {}); // The end of the process says it better.
    const lines = createInterface({ input: this.#child.stdout });
    lines.on('line', (line) => this.#take(line));
    lines.on('close', () => this.#fail(new Error(`${name} ended before it had answered`)));
  }

  /** Asks one question, an object or a raw line, and gives the answer. */
  ask(question) {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#waiting.length === 1) this.#watch();
      this.#child.stdin.write(question instanceof Buffer ? question : JSON.stringify(question));
      this.#child.stdin.write('\n');
    });
  }

  /** Ends the input, and gives the exit code; a process that does not end is killed. */
  async end() {
    this.#child.stdin.end();
    this.#watch();
    const code = await this.ended;
    clearTimeout(this.#timer);
    if (this.#failure?.unasked) throw this.#failure;
    return code;
  }

  #take(line) {
    const asked = this.#waiting.shift();
    if (!asked) {
      this.#failure = Object.assign(new Error(`an answer that nobody asked for: ${line}`), { unasked: true });
      return;
    }
    this.#watch();
    try {
      asked.resolve(JSON.parse(line));
    } catch {
      asked.reject(new Error(`no JSON: ${line}`));
    }
  }

  #fail(error) {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }

  #watch() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#child.kill('SIGKILL'), SILENCE_MS);
    if (this.#waiting.length === 0) this.#timer.unref();
  }
}
