// One adapter's process: a line for each question, a line for each answer, in order.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
// A login over a network may wait some seconds, and a processor that is played by another takes many to begin. This long without any answer is a
// hang.
const SILENCE_MS = 120_000;

export class Adapter {
  #child;
  #waiting = [];
  #failure;
  #isEnding = false;
  #silenceMs;
  #timer;

  constructor(name, silenceMs = SILENCE_MS) {
    this.#silenceMs = silenceMs;
    this.#child = spawn(`tests/adapters/${name}/run`, { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
    this.ended = once(this.#child, 'exit').then(([code, signal]) => signal ?? code);
    this.#child.on('error', (error) => this.#fail(error));
    this.#child.stdin.on('error', () => {}); // The end of the process says it better.
    // `readline` ends a line at U+2028 too in some runtimes, and takes longer.
    let rest = '';
    this.#child.stdout.setEncoding('utf8').on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) this.#take(line);
    });
    this.#child.stdout.on('close', () => this.#fail(new Error(`${name} ended before it had answered`)));
  }

  get pid() {
    return this.#child.pid;
  }

  /** Asks one question, an object or a raw line, and gives the answer. */
  async ask(question) {
    const line = await this.#askLine(question instanceof Buffer ? question : JSON.stringify(question));
    try {
      return JSON.parse(line);
    } catch {
      throw new Error(`no JSON: ${line}`);
    }
  }

  /** Asks many questions, each a raw line, and gives the lines of their answers in order. */
  askLines(lines) {
    this.#child.stdin.cork();
    const answers = lines.map((line) => this.#askLine(line));
    this.#child.stdin.uncork();
    return Promise.all(answers);
  }

  #askLine(line) {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#waiting.length === 1) this.#watch();
      this.#child.stdin.write(line);
      this.#child.stdin.write('\n');
    });
  }

  /** Ends the input, and gives the exit code; a process that does not end is killed. */
  async end() {
    this.#child.stdin.end();
    this.#isEnding = true;
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
    asked.resolve(line);
  }

  #fail(error) {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }

  #watch() {
    // One that nobody asks anything may be silent: logins of the same adapter run in other processes meanwhile.
    this.#timer ??= setTimeout(() => (this.#waiting.length > 0 || this.#isEnding) && this.#child.kill('SIGKILL'), this.#silenceMs);
    this.#timer.refresh();
    if (this.#waiting.length === 0) this.#timer.unref();
    else this.#timer.ref();
  }
}
