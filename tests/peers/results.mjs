// The section of `RESULTS.md`, from the log of a run that passed.
import { readFileSync } from 'node:fs';
import { writeSection } from '../results.mjs';

const log = readFileSync(process.argv[2], 'utf8');
const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const libraries = (registry) => new Set(readme.split('\n').map((row) => row.split(' | ')).filter((row) => row[2] === registry).map((row) => row[1].split(/[ ,]/)[0])).size;
const defects = JSON.parse(readFileSync(new URL('defects.json', import.meta.url), 'utf8')).length;
const passed = Number(/^(?:#|ℹ) pass (\d+)/m.exec(log)[1]) + Number(/^Ran (\d+) tests/m.exec(log)[1]);
writeSection(
  "Vendors' libraries",
  `${passed} comparisons with ${libraries('npm')} libraries from npm and ${libraries('PyPI')} from PyPI, 1,000 random messages for each: both accept what either signs, and both \
refuse what was changed, but for the ${defects} faults of those libraries that \`tests/peers/defects.json\` names: \`scripts/test peers\`.`,
);
