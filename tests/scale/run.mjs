// Each binding with each number of logins: node tests/scale/run.mjs [SECONDS [LANGUAGE…]]. `scripts/scale` has built all. See
// README.md.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { startIdServer } from '../../node/js/testing.mjs';
import { report } from '../results.mjs';
import { draw } from './plot.mjs';

const [seconds = '20', ...named] = process.argv.slice(2);
const LOGINS = [100, 1000, 10_000];
const PROGRAMS = {
  Rust: ['target/release/examples/scale'],
  C: ['target/http/scale'],
  Node: [process.execPath, 'tests/scale/node.mjs'],
  Python: ['python/.venv/bin/python', 'tests/scale/python.py'],
};
const run = promisify(execFile);

async function measure([program, ...args], logins) {
  const server = await startIdServer({ command: 'target/release/countermark', args: ['--session-seconds', '3600'] });
  try {
    const { stdout } = await run(program, [...args, server.server, String(logins), seconds]);
    const { grown_bytes, cpu_ms, files } = JSON.parse(stdout);
    const sessions = await server.control('GET', 'sessions');
    const checks = sessions.reduce((sum, { polls }) => sum + polls, 0);
    if (sessions.length !== logins || checks < logins) throw new Error(`${sessions.length} logins, ${checks} checks`);
    return { logins, checks, kilobytes: grown_bytes / 1024 / logins, microseconds: (1000 * cpu_ms) / checks, files };
  } finally {
    await server.stop();
  }
}

const rows = [];
for (const [language, program] of Object.entries(PROGRAMS)) {
  if (named.length > 0 && !named.includes(language)) continue;
  for (const logins of LOGINS) {
    rows.push({ language, ...(await measure(program, logins)) });
    console.log(rows.at(-1));
  }
}
const isWhole = named.length === 0;
if (isWhole) writeFileSync(new URL('growth.svg', import.meta.url), await draw(rows));
report(
  'Scale',
  `Logins that wait at once in one process for ${seconds} s, at the pace of the protocol, on a machine of two processors that the ID server shares: \`scripts/scale\`.

| language | logins | checks | KB a login | µs of CPU a check | files |
| --- | --: | --: | --: | --: | --: |
${rows.map((row) => `| ${row.language} | ${row.logins} | ${row.checks} | ${row.kilobytes.toFixed(1)} | ${row.microseconds.toFixed(0)} | ${row.files} |`).join('\n')}

![Growth](scale/growth.svg)`,
  isWhole,
);
