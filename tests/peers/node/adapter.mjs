// Asks Countermark through its Rust adapter: one process, one JSON line a question, answers in the order of the questions.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';

const RUN = fileURLToPath(new URL('../../adapters/rust/run', import.meta.url));

const child = spawn(RUN, { stdio: ['pipe', 'pipe', 'inherit'] });
const waiting = [];
createInterface({ input: child.stdout }).on('line', (line) => waiting.shift().resolve(JSON.parse(line)));
child.stdin.on('error', () => {}); // The exit below says it better.
child.on('exit', (code) => {
  for (const { reject } of waiting.splice(0)) reject(new Error(`the adapter ended with ${code}`));
});
// An idle adapter must not keep the test process alive.
child.unref();
child.stdin.unref();
child.stdout.unref();

/** Sends every request at once and gives the answers in the same order. */
export async function ask(requests) {
  child.stdout.ref();
  try {
    return await Promise.all(
      requests.map(
        (request, id) =>
          new Promise((resolve, reject) => {
            waiting.push({ resolve, reject });
            child.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
          }),
      ),
    );
  } finally {
    child.stdout.unref();
  }
}
