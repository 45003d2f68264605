// Vectors that a program writes are committed as it writes them: one that was changed by hand would be lost with the next run.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('./', import.meta.url));
const vectors = (folder) => readdirSync(folder).filter((name) => name.endsWith('.json')).sort();

for (const [program, all] of [['webhook/generate.py', vectors(join(here, 'webhook'))], ['seal.py', ['seal.json']]]) {
  test(`${program} writes what is committed`, (t) => {
    const written = mkdtempSync(join(tmpdir(), 'vectors-'));
    t.after(() => rmSync(written, { recursive: true }));
    execFileSync('python3', [join(here, program), written]);
    assert.deepEqual(vectors(written), all);
    const committed = join(here, program, '..');
    // Not `deepEqual`, which would print megabytes.
    for (const name of all) assert.ok(readFileSync(join(written, name)).equals(readFileSync(join(committed, name))), `${name}: run ${program} anew`);
  });
}
