// Headers as programs hold them.

/** Pairs `[name, value]`, of an object, of a list of pairs or of `{name, value}`, or of Node's `rawHeaders`, which has names and values in turn. */
export function pairsOf(headers) {
  const pairs = listed(headers).map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string' || pair[1] === undefined) throw new Error('the headers are no list of names and values');
    return [pair[0], String(pair[1])];
  });
  // Those of HTTP/2 stand for method and URL.
  return pairs.filter(([name]) => !name.startsWith(':'));
}

function listed(headers) {
  if (!Array.isArray(headers)) return Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value) => [name, value]));
  if (headers.every((one) => typeof one === 'string')) return headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1]]] : []));
  return headers.map((one) => (Array.isArray(one) || !one ? one : [one.name, one.value ?? '']));
}
