// What loading the package takes, in a process of its own each time: beyond that of an empty program.
import { spawnSync } from 'node:child_process';
import { statSync, readdirSync } from 'node:fs';

const ROUNDS = 15;
const programs = {
  'an empty program': '',
  "require('countermark')": "require('countermark')",
  "require('stripe')": "require('stripe')",
  "require('svix')": "require('svix')",
  "require('standardwebhooks')": "require('standardwebhooks')",
};

const samples = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, program] of Object.entries(programs)) {
    const start = process.hrtime.bigint();
    const { status, stderr } = spawnSync(process.execPath, ['-e', program]);
    if (status !== 0) throw new Error(`${stderr}`);
    samples[name].push(Number(process.hrtime.bigint() - start) / 1e6);
  }
}
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
const empty = median(samples['an empty program']);
console.log(`node ${process.version}\n\nloading`);
for (const [name, list] of Object.entries(samples)) console.log(`  ${name.padEnd(34)} ${(median(list) - empty).toFixed(1).padStart(8)} ms more`);
for (const file of readdirSync('..').filter((name) => name.endsWith('.node'))) {
  console.log(`  ${file.padEnd(34)} ${(statSync(`../${file}`).size / 1e6).toFixed(1).padStart(8)} MB`);
}
