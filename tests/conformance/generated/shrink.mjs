// A smaller question that still gets different answers.
const ROUNDS = 200;

/** `differs` says of a question whether it is answered in different ways. */
export async function shrink(request, differs) {
  let left = ROUNDS;
  let smallest = request;
  for (let shorter = true; shorter; ) {
    shorter = false;
    for (const candidate of smaller(smallest)) {
      if (left-- === 0) return smallest;
      if (await differs(candidate)) {
        smallest = candidate;
        shorter = true;
        break;
      }
    }
  }
  return smallest;
}

/** The value with one part left out or halved, large parts first. */
function* smaller(value, name = '') {
  if (Array.isArray(value)) {
    for (const at of value.keys()) yield value.toSpliced(at, 1);
  } else if (typeof value === 'string' && name.endsWith('_base64')) {
    const bytes = Buffer.from(value, 'base64');
    for (const [from, to] of cuts(bytes.length)) yield Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]).toString('base64');
  } else if (typeof value === 'string' && name !== 'op') {
    for (const [from, to] of cuts(value.length)) yield (value.slice(0, from) + value.slice(to)).toWellFormed();
  } else if (value !== null && typeof value === 'object') {
    for (const key of Object.keys(value)) {
      if (key === 'op') continue;
      const { [key]: _, ...rest } = value;
      yield rest;
    }
  }
  if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) {
      for (const changed of smaller(inner, Array.isArray(value) ? name : key)) {
        yield Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
      }
    }
  }
}

/** What is left without one piece: a half, a quarter, … */
function* cuts(length) {
  for (let size = Math.ceil(length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < length && from < 16 * size; from += size) yield [from, Math.min(length, from + size)];
  }
}
