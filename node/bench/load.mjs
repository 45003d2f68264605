// What loading the package takes, by the clock of a fresh process, and how large it is.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packAll } from '../pack.mjs';

const ROUNDS = 15;
const folder = mkdtempSync(join(tmpdir(), 'countermark-bench-'));
const empty = join(folder, 'empty.cjs');
writeFileSync(empty, '');
const loads = {
  "require('countermark')": "require('countermark')",
  "import('countermark')": "await import('countermark')",
  'require of an empty file': `require(${JSON.stringify(empty)})`,
  "require('stripe')": "require('stripe')",
  "require('svix')": "require('svix')",
  "require('standardwebhooks')": "require('standardwebhooks')",
};

const least = {};
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, load] of Object.entries(loads)) {
    const program = `(async () => { const start = performance.now(); ${load}; console.log(performance.now() - start); })()`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    least[name] = Math.min(least[name] ?? Infinity, Number(stdout));
  }
}
console.log(`node ${process.version}\n\nloading`);
for (const [name, ms] of Object.entries(least)) console.log(`  ${name.padEnd(34)} ${ms.toFixed(1).padStart(8)} ms`);

const { main, natives: [native] } = packAll(folder);
const [addon] = readdirSync('..').filter((name) => name.endsWith('.node'));
const sizes = { 'countermark.tgz': main, 'its native part.tgz': native, [addon]: join('..', addon) };
console.log('\nsize');
for (const [name, file] of Object.entries(sizes)) console.log(`  ${name.padEnd(34)} ${(statSync(file).size / 1e6).toFixed(2).padStart(8)} MB`);
rmSync(folder, { recursive: true });
