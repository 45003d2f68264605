// All packages share one version: it stands the same wherever it stands. `scripts/version X.Y.Z` writes it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const [, version] = /^version = "(.*)"$/m.exec(readFileSync('Cargo.toml', 'utf8'));
const files = (...patterns) => execFileSync('git', ['ls-files', ...patterns], { encoding: 'utf8' }).trim().split('\n');

/** Each place of a file where the version should stand: its first group is that, whatever stands there. */
function check(file, pattern) {
  const found = [...readFileSync(file, 'utf8').matchAll(pattern)];
  for (const [line, there] of found) assert.equal(there, version, `${file}: ${line}`);
  return found.length;
}

test('where it is written by hand', () => {
  for (const [file, pattern] of [
    ['Cargo.toml', /^countermark = .*version = "(.*?)"/gm],
    ['wasm/Cargo.toml', /^countermark = .*version = "(.*?)"/gm],
    ['ffi-c/dotnet/Directory.Build.props', /<Version>(.*?)</g],
    ['core/public-api.txt', /::VERSION: &str = "(.*?)"/g],
    ['python/tests/test_install.py', /stdout\.strip\(\) == "(.*?)"/g],
    ['wasm/README.md', /countermark-wasm-(.*?)\.tgz/g],
  ]) {
    assert.ok(check(file, pattern) > 0, `${file} has no ${pattern}`);
  }
});

test('in the packages of npm, and where one is locked', () => {
  // What is never published has no version, or 0.0.0.
  const checked = files('*package.json', '*package-lock.json', '*Cargo.lock')
    .filter((file) => check(file, /^ *"?name"?(?::| =) "@?countermark[^"]*",?\n *"?version"?(?::| =) "(?!0\.0\.0")(.*?)"/gm) > 0);
  for (const file of ['node/package.json', 'wasm/package.json', 'Cargo.lock']) assert.ok(checked.includes(file), file);
});

test('a crate has that of the workspace', () => {
  for (const file of files('*Cargo.toml')) {
    // What is outside the workspace is never published.
    const [, own] = /^\[package\]\n(?:.+\n)*?version(.*)$/m.exec(readFileSync(file, 'utf8')) ?? [];
    assert.ok([undefined, '.workspace = true', ' = "0.0.0"'].includes(own), `${file}: version${own}`);
  }
  assert.match(readFileSync('python/pyproject.toml', 'utf8'), /^dynamic = \["version"\]$/m);
});

test('the last release of the changelog', () => {
  // Before the first there is none.
  const [, released = version] = /^## \[(\d.*?)\]/m.exec(readFileSync('CHANGELOG.md', 'utf8')) ?? [];
  assert.equal(released, version);
});
