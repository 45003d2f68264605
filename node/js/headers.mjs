// Headers in any of the forms that servers hand out: Node's `rawHeaders`, a list of pairs, `Headers`, a `Map`, or an object whose
// values are texts or lists of texts.

/** Names and values in turn. The native library gets them joined by line feeds: a text takes 100 ns to cross, a list microseconds. */
export function headerLines(headers) {
  if (Array.isArray(headers) && typeof headers[0] === 'string') return headers;
  const lines = [];
  if (typeof headers?.[Symbol.iterator] === 'function') {
    for (const [name, value] of headers) lines.push(name, value);
  } else {
    for (const name in headers) {
      const value = headers[name];
      if (typeof value === 'string') lines.push(name, value);
      else if (value !== undefined && value !== null) for (const one of [value].flat()) lines.push(name, one);
    }
  }
  return lines;
}

/** A request as the native library takes it where speed does not matter. */
export const nativeRequest = ({ method, url, query, headers }) => ({ method, url, query, headers: headerLines(headers) });
