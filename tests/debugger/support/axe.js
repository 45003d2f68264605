// axe in a page whose policy allows no script of others: the debugger protocol runs it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const accessibility = {
  /** Fails with whatever axe finds. */
  async check(page) {
    const violations = await page.evaluate(`${axe}; axe.run().then(({ violations }) => violations)`);
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
    assert.deepEqual(found, []);
  },
};
