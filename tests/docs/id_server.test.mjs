// The calls of `countermark id-server` that the pages show, as they stand there: each starts, and prints what stands below it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const program = resolve(process.env.COUNTERMARK_BIN ?? 'target/debug/countermark');
const PATH = `${dirname(program)}:${process.env.PATH}`;

for (const page of ['README.md', 'cli/src/id_server/README.md']) {
  const text = readFileSync(page, 'utf8');
  const [, shown] = /^(\{"server":.*\})$/m.exec(text);
  const commands = [...text.matchAll(/^(?:\$ )?(countermark id-server .*)$/gm)].map(([, command]) => command);
  assert.ok(commands.length > 0, page);
  for (const command of commands) {
    test(`${page}: ${command}`, async (t) => {
      const server = spawn('bash', ['-c', `exec ${command}`], { env: { ...process.env, PATH }, stdio: ['ignore', 'pipe', 'inherit'] });
      t.after(() => server.kill());
      const { value: line } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next();
      assert.deepEqual(Object.keys(JSON.parse(line)), Object.keys(JSON.parse(shown)));
    });
  }
}
