// Loads the addon: the one that was built here, or else that of the platform package.
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const platform = `${process.platform}-${process.arch}`;
// Linux has two C libraries. npm installs the package that fits; an addon for the other one does not load.
const names = process.platform === 'linux' ? [`${platform}-gnu`, `${platform}-musl`] : [platform];
// A bundle that is a module has no folder, and nothing was built there.
const folder = typeof __dirname === 'string' ? join(__dirname, '..') : undefined;

/** Each name stands here as it is, and within a `try`: bundlers and tracers follow what they can read, and let those be missing that npm left out. */
function packaged(name, causes) {
  try {
    switch (name) {
      case 'darwin-arm64': return require('@countermark/node-darwin-arm64');
      case 'darwin-x64': return require('@countermark/node-darwin-x64');
      case 'linux-arm64-gnu': return require('@countermark/node-linux-arm64-gnu');
      case 'linux-arm64-musl': return require('@countermark/node-linux-arm64-musl');
      case 'linux-x64-gnu': return require('@countermark/node-linux-x64-gnu');
      case 'linux-x64-musl': return require('@countermark/node-linux-x64-musl');
      case 'win32-arm64': return require('@countermark/node-win32-arm64');
      case 'win32-x64': return require('@countermark/node-win32-x64');
    }
  } catch (cause) {
    causes.push(cause);
  }
  return undefined;
}

function built(place, causes) {
  try {
    return existsSync(place) ? require(place) : undefined;
  } catch (cause) {
    causes.push(cause);
    return undefined;
  }
}

function load() {
  const causes = [];
  const places = [];
  for (const name of names) {
    const place = folder && join(folder, `countermark.${name}.node`);
    places.push(...(place ? [place] : []), `@countermark/node-${name}`);
    const addon = (place && built(place, causes)) ?? packaged(name, causes);
    if (addon) return addon;
  }
  // The table of errors is in the library that is missing, so this one row of it stands here too; a test compares them.
  const cause = causes.length > 1 ? new AggregateError(causes) : causes[0];
  const error = new Error(`the native library cannot be loaded: ${places.join(', ')}`, { cause });
  throw Object.assign(error, { code: 'CM_LIBRARY_MISSING', number: 9003, retryable: false });
}

module.exports = load();
