// Builds the addon into this folder, and makes what `require` loads from what `import` loads.
//
//   node build.mjs [--release]
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { platform } from './platforms.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const release = process.argv.includes('--release');

function addon() {
  const cargo = spawnSync('cargo', ['build', '--locked', '-p', 'countermark-node', ...(release ? ['--release'] : [])], {
    cwd: here('..'),
    stdio: 'inherit',
  });
  if (cargo.status !== 0) process.exit(cargo.status ?? 1);
  const library = { darwin: 'libcountermark_node.dylib', win32: 'countermark_node.dll' }[process.platform] ?? 'libcountermark_node.so';
  const target = process.env.CARGO_TARGET_DIR ?? here('../target');
  // A process that has the old file open keeps it.
  copyFileSync(`${target}/${release ? 'release' : 'debug'}/${library}`, here('addon.tmp'));
  renameSync(here('addon.tmp'), here(`countermark.${platform}.node`));
}

/** What `require` gives as a whole, with all other exports on it. */
const WHOLE = /^export default (\w+);\n/m;

/** TypeScript has other words for that: what is on it stands in a namespace, and not in the class too. */
function wholeTypes(source) {
  const [, whole] = WHOLE.exec(source) ?? [];
  if (!whole) return source;
  const names = [...source.matchAll(/^export (?:class|interface) (\w+)/gm)].map(([, name]) => name);
  const declared = source.replaceAll(/^export class/gm, 'declare class').replaceAll(/^export interface/gm, 'interface');
  return declared.replaceAll(/^ {2}static (\w+): typeof \1;\n/gm, '').replace(WHOLE, `declare namespace ${whole} {\n  export { ${names.join(', ')} };\n}\nexport = ${whole};\n`);
}

/** Two files written by hand drift apart; these cannot. */
function commonJs() {
  for (const name of readdirSync(here('js')).filter((name) => name.endsWith('.mjs'))) {
    const source = readFileSync(here(`js/${name}`), 'utf8').replaceAll(/(from '\.[^']*)\.mjs'/g, "$1.cjs'");
    const { code } = transformSync(source, { format: 'cjs', target: 'node20', platform: 'node' });
    const [, whole] = WHOLE.exec(source) ?? [];
    const end = whole ? `module.exports = ${whole};\n` : '';
    writeFileSync(here(`js/${name.replace('.mjs', '.cjs')}`), `// Made from ${name} by build.mjs.\n${code}${end}`);
  }
  for (const name of readdirSync(here('types')).filter((name) => name.endsWith('.d.ts'))) {
    const source = wholeTypes(readFileSync(here(`types/${name}`), 'utf8').replaceAll(/(from '\.[^']*)\.js'/g, "$1.cjs'"));
    writeFileSync(here(`types/${name.replace('.d.ts', '.d.cts')}`), `// Made from ${name} by build.mjs.\n${source}`);
  }
}

for (const licence of ['LICENSE-APACHE', 'LICENSE-MIT']) copyFileSync(here(`../${licence}`), here(licence));
commonJs();
addon();
