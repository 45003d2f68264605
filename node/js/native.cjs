// Loads the addon: the one that was built here, or else that of the platform package.
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

/** Linux has two C libraries, whose addons are not interchangeable. */
function libc() {
  if (process.platform !== 'linux') return '';
  const { header } = process.report?.getReport?.() ?? {};
  const musl = header ? !header.glibcVersionRuntime : existsSync(`/lib/ld-musl-${process.arch}.so.1`);
  return musl ? '-musl' : '-gnu';
}

function load() {
  const platform = `${process.platform}-${process.arch}${libc()}`;
  const local = join(__dirname, '..', `countermark.${platform}.node`);
  if (existsSync(local)) return require(local);
  const name = `@countermark/node-${platform}`;
  try {
    return require(name);
  } catch (cause) {
    // The table of errors is in the library that is missing, so this one row of it stands here too; a test compares them.
    const error = new Error(`the native library cannot be loaded: ${local}, ${name}`, { cause });
    throw Object.assign(error, { code: 'CM_LIBRARY_MISSING', number: 9003, retryable: false });
  }
}

module.exports = load();
