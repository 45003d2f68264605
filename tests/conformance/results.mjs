// What a run with every adapter gave: sections of `tests/RESULTS.md` if nothing failed, and the page `target/conformance/index.html`.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { report } from '../results.mjs';
import { page } from './page.mjs';

const FOLDER = new URL('../../target/conformance/', import.meta.url);
const COMMAND = '`scripts/test conformance`';

// What others have published, among the vectors.
const REFERENCES = [
  ['Wycheproof, HMAC', ({ source }) => source?.includes('C2SP/wycheproof')],
  ['NIST, HMAC examples with intermediate values', ({ source }) => source?.includes('csrc.nist.gov')],
  ['RFC 2202 and RFC 4231', ({ source }) => /rfc(2202|4231)$/.test(source)],
  ['the two files of the SHAttered collision, refused whoever signed them', ({ flags }) => flags?.includes('Collision')],
];

/** The table of vectors that gave their answer, for each file and language. */
export function writeVectors(all, files, results, isProven) {
  const names = [...results.keys()];
  const cell = (vectors, { skipped, seen, wrong }) => ({
    all: vectors.length,
    skipped: vectors.filter(({ id }) => skipped.has(id)).length,
    right: vectors.filter(({ id }) => seen.has(id) && !wrong.has(id)).length,
  });
  const rows = [...files, '*'].map((file) => {
    const vectors = all.filter((vector) => file === '*' || vector.file === file);
    return { title: file.replace(/\.json$/, ''), cells: names.map((name) => cell(vectors, results.get(name))) };
  });
  const reasons = names.flatMap((name) => {
    const counts = new Map();
    for (const reason of results.get(name).skipped.values()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return [...counts].map(([reason, count]) => `${name} skips ${count}: ${reason}`);
  });
  const line = (title, cells) => `| ${[title, ...cells].join(' | ')} |`;
  const text = ({ all, skipped, right }) => `${right}/${all}${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  const table = [
    `Vectors that gave their whole answer, by file and language: ${COMMAND}.`,
    '',
    line('vectors', names),
    line('---', names.map(() => '--:')),
    ...rows.map(({ title, cells }) => line(title === '*' ? '**all**' : title, cells.map(text))),
    ...(reasons.length > 0 ? ['', ...reasons.map((reason) => `* ${reason}`)] : []),
  ];
  report('Vectors', table.join('\n'), isProven);
  keep('vectors', { names, rows, reasons });

  const references = REFERENCES.map(([title, isOf]) => {
    const vectors = all.filter(isOf);
    const least = Math.min(...names.map((name) => cell(vectors, results.get(name)).right));
    return `| ${title} | ${least}/${vectors.length} |`;
  });
  const published = [
    `Vectors of others that every one of the ${names.length} answered as published: ${COMMAND}.`,
    '',
    '| reference | vectors |',
    '| --- | --: |',
    ...references,
  ];
  report('Outside references', published.join('\n'), isProven);
}

/**
 * What the generated questions gave. The section has no seed, since it differs from commit to commit.
 */
export function writeGenerated({ seed, count, names, outcomes, different }, isProven) {
  const operations = new Map();
  for (const [name, number] of outcomes) {
    const [op, result] = name.split(' ');
    const sums = operations.get(op) ?? { op, ok: 0, refused: 0 };
    sums[result === 'ok' ? 'ok' : 'refused'] += number;
    operations.set(op, sums);
  }
  const body = [
    `${count.toLocaleString('en')} questions that a seed made, each to all of ${names.join(', ')}: ${COMMAND}.`,
    '',
    `${(count * names.length).toLocaleString('en')} answers, ${different} questions answered in different ways.`,
  ];
  report('Generated questions', body.join('\n'), isProven);
  keep('generated', { seed, count, names, different, operations: [...operations.values()].sort((a, b) => (a.op < b.op ? -1 : 1)) });
}

function keep(part, value) {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(new URL(`${part}.json`, FOLDER), JSON.stringify(value));
  const read = (name) => (existsSync(new URL(name, FOLDER)) ? JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) : undefined);
  writeFileSync(new URL('index.html', FOLDER), page(read('vectors.json'), read('generated.json')));
}
