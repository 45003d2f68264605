// For programs that bring the bytes of the module themselves. Before that, nothing else of the package works.
import * as glue from './countermark.js';
import { isLoaded } from './loaded.mjs';
import { MODULE } from './native.mjs';
import { isModule } from './realms.mjs';

const { default: load, initSync: loadSync, ...rest } = glue;

/** What tells a module from others: its functions, and for each class that which frees an object. */
const MARK = /^(__wbg_\w+_free|[a-zA-Z0-9]+)$/;
const listed = (names) => names.filter((name) => MARK.test(name)).sort().join();
const WANTED = listed(Object.keys(rest).map((name) => (/^[A-Z]/.test(name) ? `__wbg_${name.toLowerCase()}_free` : name)));

/** The glue keeps the first module that it gets, so it gets no other than its own. */
function own(module) {
  const functions = WebAssembly.Module.exports(module).filter(({ kind }) => kind === 'function');
  if (listed(functions.map(({ name }) => name)) === WANTED) return module;
  throw new Error(`the wrong module: it is not ${MODULE}`);
}

/** A realm that cannot fetch, as that of a test runner, may have no such class. */
const isA = (source, kind) => typeof kind === 'function' && source instanceof kind;

async function compiled(source) {
  const isAddress = typeof source === 'string' || isA(source, globalThis.URL) || isA(source, globalThis.Request);
  const given = await (isAddress ? fetch(source) : source);
  if (isModule(given)) return given;
  if (given?.headers === undefined) return WebAssembly.compile(given);
  if (!given.ok) throw new Error(`no module: the answer is ${given.status} ${given.statusText}`);
  // Anything else as its type, which a server may well send, is refused there.
  const isStream = WebAssembly.compileStreaming && given.headers.get('content-type') === 'application/wasm';
  return isStream ? WebAssembly.compileStreaming(given) : WebAssembly.compile(await given.arrayBuffer());
}

let loading;

/** @param source an address, or a `Response`, the bytes, or a compiled module, or a promise of these. A second call does nothing. */
export async function init(source) {
  if (isLoaded()) return;
  loading ??= compiled(source)
    .then((module) => load({ module_or_path: own(module) }))
    .finally(() => (loading = undefined));
  await loading;
}

/** @param module the bytes or a compiled module */
export function initSync(module) {
  if (isLoaded()) return;
  loadSync({ module: own(isModule(module) ? module : new WebAssembly.Module(module)) });
}

export * from './index.mjs';
