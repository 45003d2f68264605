// Node, Deno and Bun: they measure themselves.
import { repeat, rows } from './rows.mjs';
import { table } from './table.mjs';

const [runtime, version] = globalThis.Bun ? ['bun', Bun.version] : globalThis.Deno ? ['deno', Deno.version.deno] : ['node', process.versions.node];

await table(`${runtime} ${version}`, {
  names: async (size) => Object.keys(await rows(size)),
  async time(size, name, calls) {
    const start = performance.now();
    await repeat(size, name, calls);
    return performance.now() - start;
  },
});
