// Builds both modules with their glue, and puts the package together: `full/` has everything, `verifier/` is the small one. The shell
// is that of the Node package, file by file.
//
//   node build.mjs [full | verifier]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = here('../target/wasm');
const TRIPLE = 'wasm32-unknown-unknown';

/** The entries beside the main one, each of which brings the module with it. */
const ENTRIES = ['fetch', 'hono', 'testing'];

/** What each build takes from the Node package, beside what is in `js/`. */
const SHELL = ['errors', 'headers', 'query', 'record', 'result', 'webhook'];
const BUILDS = {
  full: {
    features: [],
    optimize: ['-O3'],
    // What a verification runs through. The rest, public-key signatures above all, is small.
    fast: ['base16ct', 'base64ct', 'countermark', 'countermark-wasm', 'memchr', 'sha1', 'sha2', 'talc'],
    shell: [...SHELL, 'explain', 'handshake', 'index', 'login', 'receiver', 'replay', 'securesign', 'sign', ...ENTRIES],
    own: ['client.mjs', 'cloudflare.mjs', 'fetch-driver.mjs', 'hot-outside.mjs', 'inspect.mjs', 'native.mjs', 'outside.mjs'],
  },
  verifier: {
    features: ['--no-default-features'],
    // Nothing but the end of a full stack lies in the first kilobyte, so an address may be worked out where it is used.
    optimize: ['-Oz', '--converge', '--low-memory-unused', '--strip-target-features'],
    fast: [],
    shell: SHELL,
    own: ['verifier/index.mjs', 'verifier/native.mjs'],
  },
};

function run(program, args, env = process.env) {
  const { status, error } = spawnSync(program, args, { cwd: here('..'), stdio: ['ignore', 'inherit', 'inherit'], env });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * Debian's compiler, which builds the standard library from its sources: without texts of panics, which nobody reads, and small. Rust's own
 * builds of it have them.
 */
const TOOLCHAIN = {
  args: [
    ...['-Zbuild-std=std,panic_abort', '-Zbuild-std-features=optimize_for_size'],
    // Compiled where it is called: else its compression is there twice, in its own crate and inlined in the core, 5 kB each.
    ...['-Zprofile-hint-mostly-unused', '--config', 'profile.wasm.package.sha1-checked.hint-mostly-unused=true'],
  ],
  env: {
    ...{ ...process.env, PATH: `/usr/bin:${process.env.PATH}`, RUSTC_BOOTSTRAP: '1', CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: 'wasm-ld-19' },
    RUSTFLAGS: '-Cpanic=immediate-abort -Zunstable-options -Ctarget-feature=+simd128',
  },
};

/** What rustc takes for granted since 1.82, and what it was told to use. */
const FEATURES = ['bulk-memory', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext', 'simd'];

/** What Cargo builds. The file of either build has the same name in Cargo's folder, so each is kept under its own. */
function compiled(name, { features, fast }) {
  const kept = `${target}/modules/${name}.wasm`;
  const where = ['--target', TRIPLE, '--profile', 'wasm', '--target-dir', target, '--locked'];
  const shared = ['-p', 'countermark-wasm', ...where];
  // A hint does not make Cargo compile again what it compiled without.
  if (!existsSync(`${target}/modules`)) run('cargo', ['clean', '--quiet', '-p', 'sha1-checked', ...where], TOOLCHAIN.env);
  // Cargo must not say of a file that is not here that it is fresh.
  if (!existsSync(kept)) run('cargo', ['clean', '--quiet', ...shared], TOOLCHAIN.env);
  const levels = fast.flatMap((crate) => ['--config', `profile.wasm.package.${crate}.opt-level=3`]);
  const args = ['build', '--message-format', 'json-render-diagnostics', ...shared, ...TOOLCHAIN.args, ...features, ...levels];
  const { stdout, status, error } = spawnSync('cargo', args, { cwd: here('..'), stdio: ['ignore', 'pipe', 'inherit'], env: TOOLCHAIN.env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
  const built = stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line)).find((one) => one.target?.name === 'countermark_wasm');
  mkdirSync(`${target}/modules`, { recursive: true });
  if (!built.fresh) copyFileSync(built.filenames[0], kept);
  return kept;
}

/** What the glue asks by `instanceof`, and what answers for other realms too. */
const KINDS = { Uint8Array: 'isUint8Array', ArrayBuffer: 'isArrayBuffer', 'WebAssembly.Module': 'isModule', 'WebAssembly.Instance': 'isInstance' };

/** Lets the glue take values of another realm. */
function anyRealm(glue) {
  let source = readFileSync(glue, 'utf8');
  for (const [kind, test] of Object.entries(KINDS)) {
    const asked = new RegExp(`(\\w+) instanceof ${kind.replace('.', '\\.')}\\b`, 'g');
    if (!asked.test(source)) throw new Error(`the glue asks no more for ${kind}`);
    source = source.replace(asked, `${test}($1)`);
  }
  writeFileSync(glue, `import { ${Object.values(KINDS).join(', ')} } from './realms.mjs';\n${source}`);
}

/** The module of a build, with its glue. Says whether it is another one than before. */
function module(name, build) {
  const built = compiled(name, build);
  const seen = createHash('sha256');
  for (const file of [built, here('build.mjs'), here('package-lock.json'), here('../Cargo.lock')]) seen.update(readFileSync(file));
  const digest = seen.digest('hex');
  const stamp = `${target}/${name}.stamp`;
  if (existsSync(here(`${name}/version.mjs`)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return false;
  run('cargo', ['run', '--locked', '--quiet', '-p', 'countermark-wasm-bindgen', built, here(name)]);
  run(process.execPath, [
    ...[here('node_modules/binaryen/bin/wasm-opt'), here(`${name}/countermark_bg.wasm`), '-o', here(`${name}/countermark.wasm`), ...build.optimize],
    ...FEATURES.map((feature) => `--enable-${feature}`),
  ]);
  rmSync(here(`${name}/countermark_bg.wasm`));
  anyRealm(here(`${name}/countermark.js`));
  writeFileSync(stamp, digest);
  return true;
}

/** What says so on its own is right in both packages: only the name of what is beneath it differs. */
function shell(name, { shell, own }) {
  for (const file of shell) {
    const source = readFileSync(here(`../node/js/${file}.mjs`), 'utf8');
    const loaded = ENTRIES.includes(file) ? "import '#loaded';\n" : '';
    writeFileSync(here(`${name}/${file}.mjs`), loaded + source.replaceAll("'./native.cjs'", "'./native.mjs'"));
  }
  for (const file of ['hot.mjs', 'realms.mjs', ...own]) copyFileSync(here(`js/${file}`), here(`${name}/${basename(file)}`));
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
  const isNew = module(name, build);
  shell(name, build);
  if (isNew) await version(name);
}
for (const types of ['codes', 'index', 'receiver', ...ENTRIES]) copyFileSync(here(`../node/types/${types}.d.ts`), here(`types/${types}.d.ts`));
for (const licence of ['LICENSE-APACHE', 'LICENSE-MIT']) copyFileSync(here(`../${licence}`), here(licence));
