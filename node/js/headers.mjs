// Headers in any of the forms that servers hand out, as one flat list of names and values.

/**
 * Calls `each(name, value)` for every header.
 * @param headers Node's `rawHeaders`, a list of pairs, `Headers`, a `Map`, or an object whose values are texts or lists of texts
 */
export function forEachHeader(headers, each) {
  if (Array.isArray(headers) && typeof headers[0] === 'string') {
    for (let at = 0; at < headers.length; at += 2) each(headers[at], headers[at + 1]);
  } else if (typeof headers?.[Symbol.iterator] === 'function') {
    for (const [name, value] of headers) each(name, value);
  } else {
    for (const name in headers) {
      const value = headers[name];
      if (typeof value === 'string') each(name, value);
      else if (Array.isArray(value)) for (const one of value) each(name, one);
      else if (value !== undefined && value !== null) each(name, value);
    }
  }
}

/** A request as the native library takes it where speed does not matter. */
export function nativeRequest({ method, url, query, headers }) {
  const list = [];
  forEachHeader(headers, (name, value) => list.push(name, value));
  return { method, url, query, headers: list };
}
