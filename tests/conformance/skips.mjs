// What an adapter cannot be asked: `tests/adapters/<name>/skips.json`, a list of `{vectors, tcIds?, reason}`.
import { existsSync, readFileSync } from 'node:fs';

/** The ids of the vectors that the adapter skips, each with its reason. A skip of nothing is an error. */
export function skips(name, vectors) {
  const file = new URL(`../adapters/${name}/skips.json`, import.meta.url);
  const skipped = new Map();
  if (!existsSync(file)) return skipped;
  for (const { vectors: name, tcIds, reason } of JSON.parse(readFileSync(file, 'utf8'))) {
    if (typeof reason !== 'string' || !reason.trim()) throw new Error(`${name} is skipped without a reason`);
    const ids = tcIds ?? vectors.filter(({ file }) => file === name).map(({ tcId }) => tcId);
    if (ids.length === 0) throw new Error(`there are no vectors ${name} to skip`);
    for (const tcId of ids) {
      const id = `${name} ${tcId}`;
      if (!vectors.some((vector) => vector.id === id)) throw new Error(`there is no vector ${id} to skip`);
      skipped.set(id, reason);
    }
  }
  return skipped;
}
