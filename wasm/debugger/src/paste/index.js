// What a developer pastes or drops: a raw HTTP request, a curl line, or a fetch call. All become one shape.
import { isCurl, readCurl } from './curl.js';
import { isFetch, readFetch } from './fetch.js';

const utf8 = new TextEncoder();

/** Headers are bytes, each as one character, as servers give them. */
const wire = (text) => String.fromCharCode(...utf8.encode(text));

/** Pasted commands hold text only, so this much of a file is enough to know them by. */
const textOf = (bytes) => new TextDecoder().decode(bytes);

/**
 * Reads it: `{method, url, headers, body, notes}`. Throws an `Error` whose message a person can act on.
 * @param bytes what was pasted, as UTF-8, or the file as it is
 * @param readSavedRequest the reader of the core
 */
export function readPaste(bytes, readSavedRequest) {
  const start = textOf(bytes.subarray(0, 64));
  if (isCurl(start)) return command(readCurl(textOf(bytes)), 'read from a curl line');
  if (isFetch(start)) return command(readFetch(textOf(bytes)), 'read from a fetch call');
  if (/^\s*Invoke-(WebRequest|RestMethod)/.test(start)) throw new Error('this is a PowerShell command: copy the request as cURL in place of it');
  return raw(bytes, readSavedRequest);
}

function command({ method, url, headers, body }, note) {
  return { method, url, headers: headers.map(([name, value]) => [name, wire(value)]), body: utf8.encode(body), notes: [note] };
}

function raw(bytes, readSavedRequest) {
  const notes = [];
  let saved;
  try {
    saved = readSavedRequest(bytes);
  } catch (error) {
    if (!/blank line/.test(error.detail ?? '')) throw readable(error);
    // Browsers copy headers without the blank line that ends them.
    try {
      saved = readSavedRequest(Uint8Array.from([...bytes, 10, 10]));
    } catch (second) {
      throw readable(second);
    }
    notes.push('the request ends with its headers, so its body is empty');
  }
  if (saved.form === 'joined') notes.push('the chunks of the body were joined');
  if (saved.form === 'joined_before') notes.push('the headers name chunks, but the body has none: it was joined before it was saved');
  return { ...saved, notes };
}

const readable = (error) => (error.detail ? new Error(`This is no HTTP request: ${error.detail}.`, { cause: error }) : error);
