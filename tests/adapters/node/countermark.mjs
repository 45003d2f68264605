// The package as it was built in this tree.
export * from '../../../node/js/index.mjs';
