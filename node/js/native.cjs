// Loads the addon: the one that was built here, or else that of the platform package.
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const platform = `${process.platform}-${process.arch}`;
// Linux has two C libraries. npm installs the package that fits; an addon for the other one does not load.
const names = process.platform === 'linux' ? [`${platform}-gnu`, `${platform}-musl`] : [platform];

function load() {
  const causes = [];
  const places = names.flatMap((name) => [join(__dirname, '..', `countermark.${name}.node`), `@countermark/node-${name}`]);
  for (const place of places) {
    if (place.endsWith('.node') && !existsSync(place)) continue;
    try {
      return require(place);
    } catch (cause) {
      causes.push(cause);
    }
  }
  // The table of errors is in the library that is missing, so this one row of it stands here too; a test compares them.
  const cause = causes.length > 1 ? new AggregateError(causes) : causes[0];
  const error = new Error(`the native library cannot be loaded: ${places.join(', ')}`, { cause });
  throw Object.assign(error, { code: 'CM_LIBRARY_MISSING', number: 9003, retryable: false });
}

module.exports = load();
