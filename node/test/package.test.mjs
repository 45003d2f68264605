// The package as it is published: what publint and attw say, and an installation in an empty folder.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);

test('the packed tarball', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'countermark-package-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [{ filename, files }] = JSON.parse(execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', folder], { cwd: root, encoding: 'utf8' }));
  const tarball = join(folder, filename);

  await t.test('holds what runs, and nothing else', () => {
    const kinds = new Set(files.map(({ path }) => path.split('/')[0].replace(/^countermark\..*\.node$/, 'addon')));
    assert.deepEqual([...kinds].sort(), ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'addon', 'js', 'package.json', 'types']);
  });

  await t.test('publint', () => {
    const { stdout, status } = spawnSync(bin('publint'), ['run', '--strict', tarball], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });

  await t.test('attw', () => {
    const { stdout, status } = spawnSync(bin('attw'), [tarball, '--profile', 'node16', '--format', 'ascii'], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });

  await t.test('works in an empty folder, by import and by require', () => {
    const home = join(folder, 'empty');
    mkdirSync(home);
    writeFileSync(join(home, 'package.json'), '{"private": true}');
    execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', tarball], { cwd: home });
    const { dependencies } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    assert.deepEqual(Object.keys(dependencies), ['countermark']);
    const subPaths = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports).map((path) => `countermark${path.slice(1)}`);
    const modules = subPaths.filter((path) => !path.endsWith('.json'));
    writeFileSync(join(home, 'a.mjs'), `${modules.map((path) => `import '${path}';`).join('\n')}\nimport { version } from 'countermark';\nconsole.log(version);`);
    writeFileSync(join(home, 'b.cjs'), `${modules.map((path) => `require('${path}');`).join('\n')}\nconsole.log(require('countermark').version);`);
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    for (const program of ['a.mjs', 'b.cjs']) {
      assert.equal(execFileSync(process.execPath, [program], { cwd: home, encoding: 'utf8' }), `${version}\n`, program);
    }
  });

  await t.test('without its addon it says where it looked', () => {
    const home = join(folder, 'bare');
    mkdirSync(home);
    writeFileSync(join(home, 'package.json'), '{"private": true}');
    execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', tarball], { cwd: home });
    execFileSync('sh', ['-c', 'rm node_modules/countermark/*.node'], { cwd: home });
    const { stderr } = spawnSync(process.execPath, ['-e', "require('countermark')"], { cwd: home, encoding: 'utf8' });
    assert.match(stderr, /CM_LIBRARY_MISSING/);
    assert.match(stderr, /@countermark\/node-/);
  });
});
