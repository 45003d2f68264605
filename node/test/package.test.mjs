// The packages as they are published: what publint and attw say, and an installation in an empty folder.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { packAll } from '../pack.mjs';
import { platform, platforms } from '../platforms.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

test('the loader names the package of each platform as it is, for whoever follows names', () => {
  const loader = readFileSync(join(root, 'js/native.cjs'), 'utf8');
  const named = [...loader.matchAll(/case '([\w-]+)': return require\('@countermark\/node-([\w-]+)'\);/g)];
  assert.deepEqual(named.map(([, name]) => name), Object.keys(platforms));
  for (const [, name, required] of named) assert.equal(required, name);
});

test('the packed tarballs', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'countermark-package-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { main: tarball, natives: [native] } = packAll(folder);
  const install = (name, ...tarballs) => {
    const home = join(folder, name);
    mkdirSync(home);
    writeFileSync(join(home, 'package.json'), '{"private": true}');
    execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', ...tarballs], { cwd: home });
    return home;
  };
  const installed = (home, name) => join(home, 'node_modules', name);
  const description = (home, name) => JSON.parse(readFileSync(join(installed(home, name), 'package.json'), 'utf8'));
  const both = install('both', native, tarball);

  await t.test('hold what runs, and nothing else', () => {
    assert.deepEqual(readdirSync(installed(both, 'countermark')).sort(), ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'js', 'package.json', 'types']);
    const addon = `countermark.${platform}.node`;
    assert.deepEqual(readdirSync(installed(both, `@countermark/node-${platform}`)).sort(), ['LICENSE-APACHE', 'LICENSE-MIT', addon, 'package.json']);
  });

  await t.test('belong together, and run nothing when they are installed', () => {
    const main = description(both, 'countermark');
    const addon = description(both, `@countermark/node-${platform}`);
    assert.equal(main.optionalDependencies[addon.name], addon.version);
    assert.equal(main.version, addon.version);
    assert.deepEqual([addon.os, addon.cpu], [[process.platform], [process.arch]]);
    assert.equal(main.scripts ?? addon.scripts ?? main.dependencies ?? addon.dependencies, undefined);
  });

  await t.test('publint', () => {
    const { stdout, status } = spawnSync(bin('publint'), ['run', '--strict', tarball], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });

  await t.test('attw', () => {
    const { stdout, status } = spawnSync(bin('attw'), [tarball, '--format', 'ascii'], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });

  await t.test('work in an empty folder, by import and by require', () => {
    const modules = Object.keys(manifest.exports).filter((path) => !path.endsWith('.json')).map((path) => `countermark${path.slice(1)}`);
    writeFileSync(join(both, 'a.mjs'), `${modules.map((path) => `import '${path}';`).join('\n')}\nimport { version } from 'countermark';\nconsole.log(version);`);
    writeFileSync(join(both, 'b.cjs'), `${modules.map((path) => `require('${path}');`).join('\n')}\nconsole.log(require('countermark').version);`);
    for (const program of ['a.mjs', 'b.cjs']) {
      assert.equal(execFileSync(process.execPath, [program], { cwd: both, encoding: 'utf8' }), `${manifest.version}\n`, program);
    }
  });

  await t.test('are followed by a bundler to the addon, and what it makes runs elsewhere', async () => {
    const program = "import { signWebhook } from 'countermark/testing';\nconsole.log(signWebhook({ scheme: 'github', secret: 'a secret of at least twenty characters' }).headers.length);";
    writeFileSync(join(both, 'c.mjs'), program);
    const required = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
    for (const [format, banner] of [['cjs', ''], ['esm', required]]) {
      const outfile = join(folder, `bundle-${format}`, format === 'cjs' ? 'out.cjs' : 'out.mjs');
      const options = { bundle: true, platform: 'node', format, outfile, banner: { js: banner }, metafile: true, logLevel: 'silent' };
      const { metafile, warnings } = await build({ ...options, entryPoints: [join(both, 'c.mjs')], loader: { '.node': 'copy' } });
      const addons = Object.keys(metafile.inputs).filter((name) => name.endsWith('.node'));
      assert.deepEqual(addons.map((name) => name.split('node_modules/').pop()), [`@countermark/node-${platform}/countermark.${platform}.node`]);
      // The packages of the other platforms are not here, which is as it should be.
      assert.deepEqual(warnings, []);
      assert.equal(execFileSync(process.execPath, [outfile], { cwd: folder, encoding: 'utf8' }), '1\n', format);
    }
  });

  await t.test('without its addon it says where it looked', () => {
    const home = install('bare', tarball);
    const { stderr } = spawnSync(process.execPath, ['-e', "require('countermark')"], { cwd: home, encoding: 'utf8' });
    assert.match(stderr, /CM_LIBRARY_MISSING/);
    assert.match(stderr, new RegExp(`@countermark/node-${platform}`));
  });

  await t.test('an addon that does not load is told of', () => {
    const home = install('broken', native, tarball);
    writeFileSync(join(installed(home, `@countermark/node-${platform}`), `countermark.${platform}.node`), 'no library');
    const { stderr } = spawnSync(process.execPath, ['-e', "require('countermark')"], { cwd: home, encoding: 'utf8' });
    assert.match(stderr, /CM_LIBRARY_MISSING/);
    assert.match(stderr, /cause/);
  });
});
