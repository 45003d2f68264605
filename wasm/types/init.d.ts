export * from './index.js';

/** The bytes, a server's answer with them, or a compiled module. */
export type ModuleSource = Uint8Array | ArrayBuffer | WebAssembly.Module | Response;

/** Loads the module `@countermark/wasm/countermark.wasm`, by its address too. Nothing else works before; a second call does nothing. */
export function init(source: ModuleSource | Promise<ModuleSource> | URL | string): Promise<void>;
/** The same at once, from bytes or a compiled module. Browsers refuse long bytes on the main thread. */
export function initSync(module: Uint8Array | ArrayBuffer | WebAssembly.Module): void;
