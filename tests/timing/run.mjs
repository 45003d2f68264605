// The languages' programs, honest and leaky, and what the times tell: node tests/timing/run.mjs SAMPLES [LANGUAGE…]. `scripts/timing` has
// built all.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { report } from '../results.mjs';
import { LIMIT, largestT, samplesOf } from './welch.mjs';

const [samples = '1000000', ...named] = process.argv.slice(2);
const folder = 'target/timing';
const file = `${folder}/samples`;
const SCHEMES = ['github-sha1', 'github', 'paystack'];
const quietly = { stdio: ['ignore', 'ignore', 'inherit'] };
const program = (...command) => (what, subject) => execFileSync(command[0], [...command.slice(1), what, subject, samples, file], quietly);

const LANGUAGES = {
  Rust: {
    what: ['comparison-20', 'comparison-32', 'comparison-64', ...SCHEMES],
    run(what, subject) {
      const options = ['--quiet', '--locked', '--release', '-p', 'countermark', '--all-features', '--lib'];
      const env = { ...process.env, WHAT: what, SUBJECT: subject, SAMPLES: samples, FILE: new URL(`../../${file}`, import.meta.url).pathname };
      execFileSync('cargo', ['test', ...options, '--', '--exact', '--ignored', 'verify::timing_tests::samples'], { ...quietly, env });
    },
  },
  C: { what: SCHEMES, run: program(`${folder}/timing`) },
  Node: { what: SCHEMES, run: program(process.execPath, 'tests/timing/node.mjs') },
  Python: { what: SCHEMES, run: program('python/.venv/bin/python', 'tests/timing/python.py') },
};

mkdirSync(folder, { recursive: true });
const rows = [];
let isProven = true;
const asked = Object.entries(LANGUAGES).filter(([language]) => named.length === 0 || named.includes(language));
for (const [language, { what: subjects, run }] of asked) {
  for (const what of subjects) {
    const [honest, leaky] = ['honest', 'leaky'].map((subject) => {
      rmSync(file, { force: true });
      run(what, subject);
      const times = samplesOf(readFileSync(file));
      if (times.length !== Number(samples)) throw new Error(`${times.length} samples`);
      return largestT(times);
    });
    const row = `| ${language} | ${what} | ${honest.toFixed(2)} | ${leaky.toFixed(2)} |`;
    console.log(row);
    rows.push(row);
    isProven &&= honest < LIMIT && leaky >= LIMIT;
  }
}
rmSync(file);
// It says that all is well, so it is written only when all of it was seen.
report(
  'Constant time',
  `dudect over comparisons of digests and over verifications, signatures that differ at the start or at the end, ${Number(samples).toLocaleString('en')} samples each. |t|
is below ${LIMIT} where the time tells nothing; the leaky twin, which ends at the first difference, must be above: \`scripts/timing\`. This run: ${asked.map(([language]) => language).join(', ')}.

| language | what | \\|t\\| | its leaky twin |
| --- | --- | --: | --: |
${rows.join('\n')}`,
  isProven && named.length === 0,
);
if (!isProven) process.exitCode = 1;
