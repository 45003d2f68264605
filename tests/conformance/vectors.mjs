// The vectors as questions, each with the whole answer that is expected.
import { readFileSync, readdirSync } from 'node:fs';

const folder = new URL('../vectors/', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));

const table = read('errors.json').testGroups[0].tests[0].ok.errors;
const numbers = new Map(table.map(({ name, number }) => [name, number]));

export const BAD_REQUEST = { id: null, error: 'BAD_REQUEST', number: 0 };

/** Every vector but those of `inspect/`, which only Rust, Python and the debugger of `wasm/` can be asked: `{file, tcId, id, comment, source?, flags?, request, answer}`, and `servers` where it needs some. */
export function vectors() {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.json') && !/^(inspect|receiver|schema)\//.test(name));
  return names.sort().flatMap((file) =>
    read(file).testGroups.flatMap((group) =>
      group.tests.map((test) => {
        const id = `${file} ${test.tcId}`;
        const request = { ...group.request, ...test.request, id };
        return { file, tcId: test.tcId, id, comment: test.comment, source: group.source, flags: test.flags, request, servers: test.servers, answer: answer(id, test) };
      }),
    ),
  );
}

function answer(id, { result, ok, error, trace, authenticated_id }) {
  if (result === 'valid') return { id, ok };
  // The steps of a login over a network stay in the answer, whatever the last one gave.
  if (trace) return { id, ok: { trace, ...(authenticated_id && { authenticated_id }) } };
  return error === 'BAD_REQUEST' ? BAD_REQUEST : { id, error, number: numbers.get(error) };
}
