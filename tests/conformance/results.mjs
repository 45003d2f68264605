// The table of a whole run: vectors that gave their answer, for each file and language.
import { writeFileSync } from 'node:fs';

export function writeResults(all, files, results) {
  const names = [...results.keys()];
  const row = (title, cells) => `| ${[title, ...cells].join(' | ')} |`;
  const cell = (vectors, { skipped, seen, wrong }) => {
    const skips = vectors.filter(({ id }) => skipped.has(id)).length;
    const right = vectors.filter(({ id }) => seen.has(id) && !wrong.has(id)).length;
    return `${right}/${vectors.length}${skips > 0 ? `, ${skips} skipped` : ''}`;
  };
  const line = (title, vectors) => row(title, names.map((name) => cell(vectors, results.get(name))));
  const reasons = names.flatMap((name) => {
    const counts = new Map();
    for (const reason of results.get(name).skipped.values()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return [...counts].map(([reason, count]) => `* ${name} skips ${count}: ${reason}`);
  });
  const text = [
    '# Vectors that gave their answer',
    '',
    row('vectors', names),
    row('---', names.map(() => '--:')),
    ...files.map((file) => line(file.replace(/\.json$/, ''), all.filter((vector) => vector.file === file))),
    line('**all**', all),
    ...(reasons.length > 0 ? ['', ...reasons] : []),
    '',
  ];
  writeFileSync(new URL('../RESULTS.md', import.meta.url), text.join('\n'));
}
