// Packs what is published: `countermark`, without an addon, and the package of this machine's platform, which has it and nothing
// else. Build first. `npm install` takes the package of a platform by itself, since `countermark` names all of them as optional.
//
//   node pack.mjs FOLDER
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { platform, platforms } from './platforms.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { devDependencies, scripts, ...main } = JSON.parse(readFileSync(here('package.json'), 'utf8'));
const nameOf = (platform) => `@countermark/node-${platform}`;

/** Packs the given files under a `package.json`; the path of the tarball. */
function pack(description, files, folder) {
  const stage = mkdtempSync(join(tmpdir(), 'countermark-pack-'));
  try {
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(description, null, 2)}\n`);
    for (const file of files) cpSync(here(file), join(stage, file), { recursive: true });
    const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', folder], { cwd: stage, encoding: 'utf8' }));
    return join(folder, filename);
  } finally {
    rmSync(stage, { recursive: true });
  }
}

/** The two tarballs. */
export function packAll(folder) {
  const addon = `countermark.${platform}.node`;
  const licences = ['LICENSE-APACHE', 'LICENSE-MIT'];
  mkdirSync(folder, { recursive: true });
  const optionalDependencies = Object.fromEntries(Object.keys(platforms).map((platform) => [nameOf(platform), main.version]));
  const { license, repository, engines, version } = main;
  const native = {
    name: nameOf(platform),
    version,
    description: `The native part of countermark for ${platform}`,
    license,
    repository,
    ...platforms[platform],
    engines,
    main: addon,
    files: [addon, 'LICENSE-*'],
  };
  return {
    main: pack({ ...main, optionalDependencies }, ['js', 'types', 'README.md', ...licences], folder),
    native: pack(native, [addon, ...licences], folder),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { main, native } = packAll(resolve(process.argv[2] ?? '.'));
  console.log(`${native}\n${main}`);
}
