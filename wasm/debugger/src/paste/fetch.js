// A request from a browser's "Copy as fetch".
import { pairsOf } from './pairs.js';

export const isFetch = (text) => /^\s*(?:await\s+)?fetch\(/.test(text);

/** The request that the call sends; throws a text that says what it cannot read. */
export function readFetch(text) {
  const inside = /fetch\(([\s\S]*)\)/.exec(text)?.[1];
  let url;
  let options;
  try {
    [url, options] = JSON.parse(`[${inside}]`);
  } catch {
    throw new Error('only a fetch that a browser has copied can be read: its options are written in JSON');
  }
  if (typeof url !== 'string') throw new Error('the first argument of fetch is no URL');
  const { method = 'GET', headers, body } = options ?? {};
  return { method, url, headers: pairsOf(headers ?? {}), body: typeof body === 'string' ? body : '' };
}
