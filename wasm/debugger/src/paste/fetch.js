// A request from a browser's "Copy as fetch".

export const isFetch = (text) => /^\s*(?:await\s+)?fetch\(/.test(text);

/** The request that the call sends; throws a text that says what it cannot read. */
export function readFetch(text) {
  const inside = /fetch\(([\s\S]*)\)/.exec(text)?.[1];
  let url;
  let options;
  try {
    [url, options = {}] = JSON.parse(`[${inside}]`);
  } catch {
    throw new Error('only a fetch that a browser has copied can be read: its options are written in JSON');
  }
  if (typeof url !== 'string') throw new Error('the first argument of fetch is no URL');
  const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value)]);
  return { method: options.method ?? 'GET', url, headers, body: typeof options.body === 'string' ? options.body : '' };
}
