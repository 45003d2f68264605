// `RESULTS.md`, which has a section for each suite that proves something. A suite writes its own, and leaves the others.
//
//   some-suite | node tests/results.mjs 'Constant time'
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';

const FILE = fileURLToPath(new URL('RESULTS.md', import.meta.url));
const HEAD = '# Results\n\nEach section is written by the command that it names.\n';

/** Puts the section with this title at its place, or at the end. */
export function writeSection(title, body, file = FILE) {
  // Suites run side by side. Node locks no file; flock(1) does, and the kernel unlocks what a killed process had locked.
  const { status, error } = spawnSync('flock', [file, process.execPath, fileURLToPath(import.meta.url), title, file, 'locked'], {
    input: body,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  if (status !== 0) throw error ?? new Error(`${file} was not written`);
}

/** Writes the section of a whole run in which nothing failed. What another found is only printed: the file keeps what the last whole one gave. */
export function report(title, body, isProven, file = FILE) {
  if (isProven) writeSection(title, body, file);
  else console.log(`\nNot in RESULTS.md, since this run was not whole or something failed: ${title}\n\n${body}`);
}

/** What `writeSection` does while the file is locked, which is there by then. */
function write(title, body, file) {
  // The program that should have said something died.
  if (body.trim() === '') throw new Error(`nothing to write about ${title}`);
  const old = readFileSync(file, 'utf8') || HEAD;
  const [head, ...sections] = old.split(/^(?=## )/m).map((part) => part.trimEnd());
  const section = `## ${title}\n\n${body.trim()}`;
  const at = sections.findIndex((part) => part.startsWith(`## ${title}\n`));
  if (at < 0) sections.push(section);
  else sections[at] = section;
  writeFileSync(file, `${[head, ...sections].join('\n\n')}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [title, file, locked] = process.argv.slice(2);
  (locked ? write : writeSection)(title, await text(process.stdin), file);
}
