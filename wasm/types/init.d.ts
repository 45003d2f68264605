export * from './index.js';

/** The bytes, a server's answer with them, or a compiled module. */
export type ModuleSource = Uint8Array | ArrayBuffer | WebAssembly.Module | Response;

/**
 * Loads the module `@countermark/wasm/countermark.wasm`, by its address too. Nothing else works before: calls throw an `Error` that says so, and
 * no `CountermarkError`, whose table is in the module. A second call does nothing; after one that failed, as with another module, it may be called again.
 */
export function init(source: ModuleSource | Promise<ModuleSource> | URL | string): Promise<void>;
/** The same at once, from bytes or a compiled module. Browsers refuse long bytes on the main thread. */
export function initSync(module: Uint8Array | ArrayBuffer | WebAssembly.Module): void;
