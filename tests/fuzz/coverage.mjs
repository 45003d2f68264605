// node coverage.mjs FILE.lcov: lines of the core that the fuzz targets reach, by file; functions that none reaches. See scripts/fuzz-coverage.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { report } from '../results.mjs';

const root = fileURLToPath(new URL('../../core/src', import.meta.url));
// By file: how often each line ran, and at which line each function begins.
const files = new Map();
let lines, functions;
for (const record of readFileSync(process.argv[2], 'utf8').split('\n')) {
  const [kind, rest = ''] = record.split(/:(.*)/s);
  if (kind === 'SF') {
    [lines, functions] = [new Map(), new Map()];
    files.set(relative(root, rest), { lines, functions });
  } else if (kind === 'FN') {
    const [line, name] = rest.split(/,(.*)/s);
    functions.set(Number(line), name);
  } else if (kind === 'DA') {
    const [line, count] = rest.split(',').map(Number);
    lines.set(line, count + (lines.get(line) ?? 0));
  }
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
// The rows of schemes are worked out by the compiler.
const isTable = (file) => file.startsWith('verify/webhook/schemes/');
const table = [...files]
  .filter(([file, { lines }]) => !file.startsWith('..') && !isTable(file) && lines.size > 0)
  .map(([file, { lines, functions }]) => {
    const reached = [...lines.values()].filter((count) => count > 0).length;
    // A generic function stands there once for each of its types: it begins at one line.
    const missed = [...functions].filter(([line]) => lines.get(line) === 0).map(([line, name]) => ({ line, name }));
    return { file, all: lines.size, reached, missed };
  })
  .sort((a, b) => (a.file < b.file ? -1 : 1));

const demangled = (name) => execFileSync('c++filt', [name], { encoding: 'utf8' }).trim();
for (const { file, all, reached, missed } of table) {
  console.log(`${String(reached).padStart(5)} of ${String(all).padStart(5)} ${file}`);
  for (const { line, name } of missed) console.log(`            no target reaches line ${line}: ${demangled(name)}`);
}

const [reached, all] = [sum(table.map((row) => row.reached)), sum(table.map((row) => row.all))];
const unreached = table.filter((row) => row.reached === 0).map(({ file }) => file);
const isProven = unreached.length === 0 && table.length > 0;
const percent = ((100 * reached) / all).toFixed(1);
report(
  'Fuzz coverage',
  [
    `Lines of the core (without its HTTP client) that the fuzz targets reach from the corpus that \`scripts/fuzz\` left, the committed one and`,
    `the seeds of the vectors: ${reached} of ${all}, ${percent} %: \`scripts/fuzz-coverage\`. Files below 90 %:`,
    '',
    '| file of core/src | lines reached | of |',
    '| --- | --: | --: |',
    ...table.filter((row) => row.reached < 0.9 * row.all).map((row) => `| ${row.file} | ${row.reached} | ${row.all} |`),
  ].join('\n'),
  isProven,
);
if (unreached.length > 0) console.log(`no target reaches ${unreached.join(', ')}`);
console.log(`${reached} of ${all} lines of the core are reached, ${percent} %; every file: ${unreached.length === 0 ? 'yes' : 'no'}`);
process.exitCode = isProven ? 0 : 1;
