// Runs every benchmark, and writes BENCHMARKS.md and BENCHMARKS.svg: node scripts/benchmarks.mjs [NAME…]
//
// A benchmark appends a line to the file that COUNTERMARK_BENCH names for each question it has put to all of its candidates:
//
//   {"bench": "Node v20.20.2", "case": "webhook of 256 bytes", "ns": {"countermark": 3210, "node:crypto by hand": 4105, "limit": 900}}
//
// Ours are those named `countermark…`; what no implementation can beat is named `limit…`. Those of Criterion say the same in its own files.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plot } from './benchmarks-plot.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const work = join(root, 'target/benchmarks');
const LIMIT_MS = 15 * 60_000;

const BENCHES = {
  core: ['cargo', 'bench', '--locked', '-p', 'countermark', '--all-features', '--bench', 'verify', '--bench', 'webhook', '--bench', 'reply', '--', '--warm-up-time', '0.3', '--measurement-time', '1'],
  peers: ['cargo', 'bench', '--locked', '--manifest-path', 'core/benches/peers/Cargo.toml', '--target-dir', 'target/peers'],
  c: ['cargo', 'bench', '--locked', '-p', 'countermark-ffi', '--bench', 'verify'],
  node: ['scripts/bench-node'],
  python: ['scripts/bench-python'],
  php: ['scripts/bench-php'],
  dotnet: ['scripts/bench-dotnet'],
  wasm: ['scripts/bench-wasm'],
};

/** What one benchmark measured, and what went wrong. What it measured before it failed counts. */
function measure(name, [program, ...args]) {
  const [file, criterion] = [join(work, `${name}.jsonl`), join(work, `${name}-criterion`)];
  for (const old of [file, criterion]) rmSync(old, { recursive: true, force: true });
  const env = { ...process.env, COUNTERMARK_BENCH: file, CRITERION_HOME: criterion };
  const { status, signal, error } = spawnSync(program, args, { cwd: root, env, stdio: 'inherit', timeout: LIMIT_MS });
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line)) : [];
  const questions = [...lines, ...(existsSync(criterion) ? fromCriterion(criterion) : [])];
  const failure = status === 0 ? undefined : `${name}: ${error?.message ?? signal ?? `exit code ${status}`}`;
  return { questions, failure: failure ?? (questions.length === 0 ? `${name}: measured nothing` : undefined) };
}

/** Criterion keeps a folder for each candidate; candidates of one group belong together. */
function fromCriterion(folder) {
  const groups = new Map();
  const found = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith('new/benchmark.json'));
  for (const path of found) {
    const { group_id, function_id, value_str } = JSON.parse(readFileSync(join(folder, path), 'utf8'));
    const { median } = JSON.parse(readFileSync(join(folder, dirname(path), 'estimates.json'), 'utf8'));
    if (!groups.has(group_id)) groups.set(group_id, {});
    groups.get(group_id)[function_id ?? value_str] = median.point_estimate;
  }
  const size = (name) => Number(/\d+$/.exec(name)?.[0] ?? 0);
  const names = [...groups.keys()].sort((a, b) => size(a) - size(b) || (a < b ? -1 : 1));
  return names.map((name) => ({ bench: 'Rust', case: name, ns: groups.get(name) }));
}

/** What a question was put to: ours, in their order; the others and what limits all, the fastest first. */
function candidates(ns) {
  const rows = Object.entries(ns);
  const isOurs = ([name]) => /^countermark\b/i.test(name);
  const isLimit = ([name]) => /^limit\b/i.test(name);
  const by = (a, b) => a[1] - b[1];
  return { own: rows.filter(isOurs), peers: rows.filter((row) => !isOurs(row) && !isLimit(row)).sort(by), limits: rows.filter(isLimit).sort(by) };
}

/** What limits a case of another language than Rust: the hashing alone, as Rust measured it in the same run. */
function hashing(question, asked) {
  const bytes = /([\d,]+) (?:bytes|B)\b/.exec(question)?.[1].replaceAll(',', '');
  // All others are of HMAC-SHA256; of its schemes github signs the body alone, which is the least.
  const name = question.startsWith('OneLogin') ? 'onelogin' : `github/${bytes}`;
  const measured = asked.find((one) => one.bench === 'Rust' && one.case === name);
  return measured ? candidates(measured.ns).limits : [];
}

/** Each of ours beside the fastest of the others, and the limit. Nothing is said of what has nothing beside it. */
function judge({ bench, case: question, ns }, asked) {
  const { own, peers: [peer], limits } = candidates(ns);
  if (!peer && limits.length === 0) return [];
  const [limit] = limits.length > 0 ? limits : hashing(question, asked);
  return own.map(([name, ours]) => ({ bench, question: question + name.replace(/^countermark/i, ''), ours, peer, limit: limit?.[1] }));
}

const time = (ns) => (ns < 1e3 ? `${ns.toFixed(0)} ns` : ns < 1e6 ? `${(ns / 1e3).toPrecision(3)} µs` : `${(ns / 1e6).toPrecision(3)} ms`);

function table(rows) {
  const line = ({ question, ours, peer, limit }) =>
    `| ${question} | ${time(ours)} | ${peer ? `${peer[0]} | ${time(peer[1])} | ${(peer[1] / ours).toFixed(2)}` : '| | '} | ${limit ? `${time(limit)} | ${(ours / limit).toFixed(2)}` : '| '} |`;
  return [
    '| case | Countermark | best alternative | its time | times ours | limit | ours to limit |',
    '|---|--:|---|--:|--:|--:|--:|',
    ...rows.map(line),
  ].join('\n');
}

/** Every alternative beside each of ours, where there are several: a claim about one of them is not one about the best. */
function everyOne(questions) {
  const lines = questions.flatMap(({ case: question, ns }) => {
    const { own, peers } = candidates(ns);
    const line = ([name, theirs]) => `| ${question} | ${name} | ${time(theirs)} | ${own.map(([, ours]) => (theirs / ours).toFixed(2)).join(' / ')} |`;
    return own.length === 0 || peers.length < 2 ? [] : peers.map(line);
  });
  return lines.length === 0 ? [] : [['| case | alternative | its time | times ours |', '|---|---|--:|--:|', ...lines].join('\n')];
}

mkdirSync(work, { recursive: true });
const wanted = process.argv.slice(2);
const failures = [];
const asked = [];
for (const [name, command] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { questions, failure } = measure(name, command);
  asked.push(...questions);
  if (failure) failures.push(failure);
}
const rows = asked.flatMap((question) => judge(question, asked));
const benches = [...new Set(rows.map(({ bench }) => bench))];
const of = (bench) => rows.filter((row) => row.bench === bench);
const out = wanted.length > 0 ? work : root;
writeFileSync(join(out, 'BENCHMARKS.svg'), plot(benches.map((bench) => ({ bench, rows: of(bench) }))));
writeFileSync(
  join(out, 'BENCHMARKS.md'),
  `${[
    '# Benchmarks',
    `Written by \`make bench\`: one run on ${cpus().length} cores of ${cpus()[0].model.trim()}. All candidates of a case are measured side by side. Only
ratios carry over to another machine. Each way to ask Countermark has its row, beside the fastest alternative. Where "times ours" is above 1,
Countermark is faster. The limit is the hashing that nobody can leave out, done by Rust with the processor's own instructions. A second table
has every alternative, against each way to ask in the order of the first.`,
    '![How many times as long as Countermark the best alternative takes](BENCHMARKS.svg)',
    ...benches.map((bench) => [`## ${bench}`, table(of(bench)), ...everyOne(asked.filter((question) => question.bench === bench))].join('\n\n')),
    ...(failures.length > 0 ? [`## Not measured\n\n${failures.map((failure) => `* ${failure}`).join('\n')}`] : []),
  ].join('\n\n')}\n`,
);
console.log(`\n${rows.length} cases of ${benches.length} benchmarks in ${join(out, 'BENCHMARKS.md')}`);
for (const failure of failures) console.error(failure);
process.exit(failures.length > 0 || rows.length === 0 ? 1 : 0);
