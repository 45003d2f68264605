// Headers in any of the forms that servers hand out: Node's `rawHeaders`, a list of pairs, `Headers`, a `Map`, or an object whose
// values are texts or lists of texts.

/** All of them as lines of names and values in turn, since one text takes 100 ns to cross and a list of twenty microseconds. */
export function headerLines(headers) {
  let text = '';
  let count = 0;
  const add = (name, value) => {
    text += name + '\n' + value + '\n';
    count++;
  };
  if (isRaw(headers)) {
    for (let at = 0; at < headers.length; at += 2) add(headers[at], headers[at + 1]);
  } else if (typeof headers?.[Symbol.iterator] === 'function') {
    for (const pair of headers) add(pair[0], pair[1]);
  } else {
    for (const name in headers) {
      const value = headers[name];
      if (typeof value === 'string') add(name, value);
      else for (const one of values(value)) add(name, one);
    }
  }
  return { text, count };
}

/** A request as the native library takes it where speed does not matter. */
export function nativeRequest({ method, url, query, headers }) {
  let list;
  if (isRaw(headers)) list = headers;
  else if (typeof headers?.[Symbol.iterator] === 'function') list = Array.from(headers).flat();
  else list = Object.entries(headers ?? {}).flatMap(([name, value]) => values(value).flatMap((one) => [name, one]));
  return { method, url, query, headers: list };
}

const isRaw = (headers) => Array.isArray(headers) && typeof headers[0] === 'string';
const values = (value) => (value === undefined || value === null ? [] : [value].flat());
