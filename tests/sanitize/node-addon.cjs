// Loads the addon with AddressSanitizer where the package loads its own: with `node --require`, also into workers and child processes.
'use strict';

const { dlopen } = process;
process.dlopen = (module, file, ...flags) =>
  dlopen(module, /countermark\.[^/]*\.node$/.test(file) ? process.env.COUNTERMARK_SANITIZED_ADDON : file, ...flags);
