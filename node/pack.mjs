// Packs what is published: `countermark`, without an addon, and the packages of the platforms, which have it and nothing else. Build first.
// `npm install` takes the package of a platform by itself, since `countermark` names all of them as optional.
//
//   node pack.mjs FOLDER [ADDONS]    ADDONS: a folder with the addons of other platforms; else that of this one
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { platforms } from './platforms.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { devDependencies, scripts, ...main } = JSON.parse(readFileSync(here('package.json'), 'utf8'));
const nameOf = (platform) => `@countermark/node-${platform}`;

/** Packs the given files, those of this folder unless another is named, under a `package.json`; the path of the tarball. */
function pack(description, files, folder) {
  const stage = mkdtempSync(join(tmpdir(), 'countermark-pack-'));
  try {
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(description, null, 2)}\n`);
    for (const file of files) cpSync(resolve(here('.'), file), join(stage, basename(file)), { recursive: true });
    const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', folder], { cwd: stage, encoding: 'utf8' }));
    return join(folder, filename);
  } finally {
    rmSync(stage, { recursive: true });
  }
}

const licences = ['LICENSE-APACHE', 'LICENSE-MIT'];
const addonOf = (platform) => `countermark.${platform}.node`;

function packNative(platform, addons, folder) {
  const { license, repository, engines, version } = main;
  const addon = addonOf(platform);
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
  return pack(native, [join(addons, addon), ...licences], folder);
}

/** The tarballs: that of all platforms, and that of each whose addon is in the given folder. */
export function packAll(folder, addons = here('.')) {
  mkdirSync(folder, { recursive: true });
  const optionalDependencies = Object.fromEntries(Object.keys(platforms).map((platform) => [nameOf(platform), main.version]));
  const built = Object.keys(platforms).filter((platform) => existsSync(join(addons, addonOf(platform))));
  return {
    main: pack({ ...main, optionalDependencies }, ['js', 'types', 'README.md', ...licences], folder),
    natives: built.map((platform) => packNative(platform, addons, folder)),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { main, natives } = packAll(resolve(process.argv[2] ?? '.'), resolve(process.argv[3] ?? here('.')));
  for (const tarball of [...natives, main]) console.log(tarball);
}
