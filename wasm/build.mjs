// Builds both modules with their glue, and puts the package together: `full/` has everything, `verifier/` is the small one. The shell
// is that of the Node package, file by file.
//
//   node build.mjs [full | verifier]
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = here('../target/wasm');
const TRIPLE = 'wasm32-unknown-unknown';

/** The entries beside the main one, each of which brings the module with it. */
const ENTRIES = ['fetch', 'hono', 'testing'];

/** What each build takes from the Node package, beside what is in `js/`. */
const SHELL = ['errors', 'headers', 'query', 'record', 'replay', 'result', 'webhook'];
const BUILDS = {
  full: {
    features: [],
    shell: [...SHELL, 'explain', 'handshake', 'index', 'login', 'receiver', 'securesign', 'sign', ...ENTRIES],
    own: ['client.mjs', 'cloudflare.mjs', 'fetch-driver.mjs', 'inspect.mjs', 'native.mjs'],
  },
  verifier: { features: ['--no-default-features'], shell: SHELL, own: ['verifier/index.mjs', 'verifier/native.mjs'] },
};

function run(program, args, env = process.env) {
  const { status, error } = spawnSync(program, args, { cwd: here('..'), stdio: ['ignore', 'inherit', 'inherit'], env });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** Where rustup has the target's standard library, that is used; Debian's compiler builds it from its sources. */
function toolchain() {
  const { stdout } = spawnSync('rustc', ['--print', 'target-libdir', '--target', TRIPLE], { cwd: here('..'), encoding: 'utf8' });
  if (stdout && existsSync(stdout.trim())) return { args: [], env: process.env };
  return {
    args: ['-Zbuild-std=std,panic_abort'],
    env: { ...process.env, PATH: `/usr/bin:${process.env.PATH}`, RUSTC_BOOTSTRAP: '1', CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: 'wasm-ld-19' },
  };
}

/** The module of a build, with its glue, as small as it gets. */
function module(name, { features }) {
  const { args, env } = toolchain();
  const shared = ['--locked', '-p', 'countermark-wasm', '--target', TRIPLE, '--profile', 'wasm', '--target-dir', target];
  run('cargo', ['build', ...shared, ...args, ...features], env);
  run('cargo', ['run', '--locked', '--quiet', '-p', 'countermark-wasm-bindgen', `${target}/${TRIPLE}/wasm/countermark_wasm.wasm`, here(name)]);
  run(process.execPath, [
    here('node_modules/binaryen/bin/wasm-opt'), here(`${name}/countermark_bg.wasm`), '-o', here(`${name}/countermark.wasm`), '-Oz',
    // What rustc takes for granted since 1.82.
    ...['bulk-memory', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext'].map((feature) => `--enable-${feature}`),
  ]);
  rmSync(here(`${name}/countermark_bg.wasm`));
}

/** What says so on its own is right in both packages: only the name of what is beneath it differs. */
function shell(name, { shell, own }) {
  for (const file of shell) {
    const source = readFileSync(here(`../node/js/${file}.mjs`), 'utf8');
    const loaded = ENTRIES.includes(file) ? "import '#loaded';\n" : '';
    writeFileSync(here(`${name}/${file}.mjs`), loaded + source.replaceAll("'./native.cjs'", "'./native.mjs'"));
  }
  for (const file of ['hot.mjs', 'outside.mjs', ...own]) copyFileSync(here(`js/${file}`), here(`${name}/${basename(file)}`));
  for (const loader of readdirSync(here('js/load'))) copyFileSync(here(`js/load/${loader}`), here(`${name}/${loader}`));
}

/** The shell names the versions before there is a module to ask. */
async function version(name) {
  const glue = await import(here(`${name}/countermark.js`));
  glue.initSync({ module: readFileSync(here(`${name}/countermark.wasm`)) });
  writeFileSync(here(`${name}/version.mjs`), `// Made by build.mjs.\nexport const version = '${glue.version()}';\nexport const abiVersion = ${glue.abiVersion()};\n`);
}

const wanted = process.argv.slice(2);
for (const [name, build] of Object.entries(BUILDS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  mkdirSync(here(name), { recursive: true });
  module(name, build);
  shell(name, build);
  await version(name);
}
for (const types of ['index', 'receiver', ...ENTRIES]) copyFileSync(here(`../node/types/${types}.d.ts`), here(`types/${types}.d.ts`));
for (const licence of ['LICENSE-APACHE', 'LICENSE-MIT']) copyFileSync(here(`../${licence}`), here(licence));
