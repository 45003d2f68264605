export * from './verifier.js';
export { init, initSync, type ModuleSource } from './init.js';
