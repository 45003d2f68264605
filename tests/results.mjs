// `RESULTS.md`, which has a section for each suite that proves something. A suite writes its own, and leaves the others.
//
//   some-suite | node tests/results.mjs 'Constant time'
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const FILE = new URL('RESULTS.md', import.meta.url);
const HEAD = '# Results\n\nEach section is written by the command that it names.\n';

/** Puts the section with this title at its place, or at the end. */
export function writeSection(title, body) {
  const old = existsSync(FILE) ? readFileSync(FILE, 'utf8') : HEAD;
  const [head, ...sections] = old.split(/^(?=## )/m).map((part) => part.trimEnd());
  const section = `## ${title}\n\n${body.trim()}`;
  const at = sections.findIndex((part) => part.startsWith(`## ${title}\n`));
  if (at < 0) sections.push(section);
  else sections[at] = section;
  writeFileSync(FILE, `${[head, ...sections].join('\n\n')}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) writeSection(process.argv[2], await text(process.stdin));
