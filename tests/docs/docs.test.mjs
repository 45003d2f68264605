// What the documentation, the Makefile and the scripts name is there: files, scripts, make targets, commands, features, and the number of schemes.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const program = process.env.COUNTERMARK_BIN ?? 'target/debug/countermark';
/** The files of these patterns, with their names. */
const read = (...patterns) => execFileSync('git', ['ls-files', ...patterns], { encoding: 'utf8' }).trim().split('\n')
  .map((name) => ({ name, text: readFileSync(name, 'utf8') }));
const pages = read('*.md');

/** The first group of each match in each page, with the page's name; fails if there is none at all. */
function* found(pattern, of = pages) {
  let count = 0;
  for (const { name, text } of of) {
    for (const [, part] of text.matchAll(pattern)) {
      count++;
      yield [name, part];
    }
  }
  assert.ok(count > 0, `nothing fits ${pattern}`);
}

test('a link leads somewhere', () => {
  const prose = pages.map(({ name, text }) => ({ name, text: text.replace(/^```[\s\S]*?^```/gm, '') }));
  for (const [name, link] of found(/\]\(([^)\s]+)\)/g, prose)) {
    if (/^[a-z]+:/.test(link)) continue;
    const [path, heading] = link.split('#');
    const target = path ? normalize(join(dirname(name), path)) : name;
    assert.ok(existsSync(target), `${name}: ${link}`);
    if (heading) {
      const headings = [...found(/^#+ (.*)$/gm, pages.filter((page) => page.name === target))]
        .map(([, text]) => text.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-'));
      assert.ok(headings.includes(heading), `${name}: ${link}`);
    }
  }
});

test('a script that is named is there', () => {
  for (const [name, script] of found(/(?<![\w./-])(scripts\/[a-z][a-z0-9.-]*[a-z0-9])/g, [...pages, ...read('Makefile', 'scripts')])) {
    assert.ok(existsSync(script), `${name}: ${script}`);
  }
});

test('a target of make that is named is there', () => {
  const targets = [...readFileSync('Makefile', 'utf8').matchAll(/^([a-z]+):/gm)].map(([, target]) => target);
  for (const [name, target] of found(/(?:`|^)make ([a-z]+)/gm)) assert.ok(targets.includes(target), `${name}: make ${target}`);
});

test('a command that the README lists is there', () => {
  const readme = pages.filter(({ name }) => name === 'README.md');
  for (const [, cell] of found(/^\| (`countermark .*?) \|/gm, readme)) {
    let before = [];
    for (const [, text] of cell.matchAll(/`([^`]+)`/g)) {
      // `countermark webhook verify`, `sign`: the second is of the same kind as the first.
      const words = text.replace('countermark ', '').split(' ').filter((word) => word === word.toLowerCase());
      const args = text.startsWith('countermark ') ? words : [...before, ...words];
      before = args.slice(0, -1);
      execFileSync(program, [...args, '--help'], { stdio: ['ignore', 'ignore', 'inherit'] });
    }
  }
});

test('the features of the crate are those of its README', () => {
  const [, list] = /\n\[features\]\n([\s\S]*?)\n\[/.exec(readFileSync('core/Cargo.toml', 'utf8'));
  const features = [...list.matchAll(/^(\w+) = /gm)].map(([, name]) => name).filter((name) => name !== 'default');
  const [, table] = /\n## Features\n([\s\S]*)/.exec(readFileSync('core/README.md', 'utf8'));
  const named = [...table.matchAll(/^\|(.*?)\|/gm)].flatMap(([, cell]) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  assert.deepEqual(named.sort(), features.sort());
});

test('the number of schemes is right', () => {
  const schemes = JSON.parse(execFileSync(program, ['webhook', 'schemes', '--json'], { encoding: 'utf8' }));
  // What a release had stays as it was; what registries show of a package stands in its manifest.
  const here = pages.map(({ name, text }) => ({ name, text: name === 'CHANGELOG.md' ? text.replace(/^## \[\d[\s\S]*/m, '') : text }));
  const texts = [...here, ...read('*package.json', '*composer.json', '*Cargo.toml', '*pyproject.toml', '*.props', '*.csproj')];
  for (const [name, count] of found(/\b(\d+)\s(?:webhook\s)?(?:schemes|senders)\b/g, texts)) assert.equal(Number(count), schemes.length, name);
  // Some are named, and the rest counted.
  for (const [name, phrase] of found(/((?:signatures\sof\s[^.]+?\sand\s)?\b\d+\smore)\b/g, texts)) {
    const [, names, more] = /^signatures\sof\s(.+)\sand\s(\d+)/s.exec(phrase) ?? assert.fail(`${name}: ${phrase}, and of what is not said`);
    assert.equal(names.split(',').length + Number(more), schemes.length, name);
  }
});

test('the emulator of SecureSign that a page starts answers what its example asks', async () => {
  const commands = new Set([...found(/`countermark (id-server [^`]*--securesign-tenant[^`]*)`/g)].map(([, command]) => command));
  for (const command of commands) {
    const args = command.replace('--port 40017', '--port 0').split(' ');
    const after = (name) => args[args.indexOf(name) + 1];
    const emulator = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = await once(createInterface(emulator.stdout), 'line');
      const call = ['securesign', 'validate', '--base-url', `${JSON.parse(line).server}v1`, '--test', '--secret-env', 'KEY'];
      call.push('--origin', after('--securesign-origin'), '--tenant', after('--securesign-tenant'));
      execFileSync(program, call, { env: { KEY: 'ss_test_emulator' } });
    } finally {
      emulator.kill();
    }
  }
});

/** How many programs each page has of each language, and what runs them as they stand there: see to a new one before it is counted. */
const RUN = {
  'README.md c': [1, 'ffi-c/tests/readme.rs'],
  'README.md csharp': [1, 'ffi-c/dotnet/tests/readme/run'],
  'README.md js': [2, 'node/test/readme.test.mjs', 'wasm/test/readme.test.mjs'],
  'README.md php': [1, 'ffi-c/php/tests/ReadmeTest.php'],
  'README.md python': [1, 'python/tests/test_readme.py'],
  'README.md rust': [1, 'tests/docs/rust.test.mjs'],
  'core/README.md rust': [2, 'core/src/lib.rs'],
  'core/README.md rust,no_run': [2, 'tests/docs/rust.test.mjs'],
  'ffi-c/README.md c': [4, 'ffi-c/tests/readme.rs'],
  'ffi-c/dotnet/README.md csharp': [5, 'ffi-c/dotnet/tests/readme/run'],
  'ffi-c/php/README.md php': [5, 'ffi-c/php/tests/PackageTest.php', 'ffi-c/php/tests/ReadmeTest.php'],
  'node/README.md js': [7, 'node/test/readme.test.mjs'],
  'python/README.md python': [6, 'python/tests/test_readme.py'],
  'wasm/README.md js': [5, 'wasm/test/readme.test.mjs'],
  'wasm/README.md toml': [1, 'wasm/test/readme.test.mjs'],
};

test('every program of a page is run by a test', () => {
  const counted = {};
  for (const { name, text } of pages) {
    for (const [, , language] of text.matchAll(/^(```+)(\S+)\n[\s\S]*?^\1$/gm)) {
      // What a shell is told, and data.
      if (!['sh', 'json', 'ini', 'html'].includes(language)) counted[`${name} ${language}`] = (counted[`${name} ${language}`] ?? 0) + 1;
    }
  }
  assert.deepEqual(counted, Object.fromEntries(Object.entries(RUN).map(([name, [count]]) => [name, count])));
  for (const [name, [, ...tests]] of Object.entries(RUN)) {
    for (const file of tests) assert.match(readFileSync(file, 'utf8'), /README\.md/, `${name} by ${file}`);
  }
});
