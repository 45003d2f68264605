// What a developer pastes or drops: a raw HTTP request, a curl line, a fetch call, or JSON that holds a request. All become one shape.
import { isCurl, readCurl } from './curl.js';
import { isFetch, readFetch } from './fetch.js';
import { readJson } from './json.js';
import { headless, tidy } from './tidy.js';

const utf8 = new TextEncoder();

/** Headers are bytes, each as one character, as servers give them. */
const wire = (text) => String.fromCharCode(...utf8.encode(text));

/** Pasted commands hold text only, so this much of a file is enough to know them by. */
const textOf = (bytes) => new TextDecoder().decode(bytes);

/** `undefined` for bytes that a text would not give back. */
function wholeText(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function joined(first, second) {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/**
 * Reads it: `{method, url, headers, body, notes}`, the URL `undefined` where it is not in it. Throws an `Error` whose message a person can act on.
 * @param bytes what was pasted, as UTF-8, or the file as it is
 * @param readSavedRequest the reader of the core
 */
export function readPaste(bytes, readSavedRequest) {
  const start = textOf(bytes.subarray(0, 64));
  if (isCurl(start)) return command(readCurl(textOf(bytes)), 'read from a curl line');
  if (isFetch(start)) return command(readFetch(textOf(bytes)), 'read from a fetch call');
  if (/^\s*(?:\$session\s*=|Invoke-(?:WebRequest|RestMethod))/.test(start)) throw new Error('this is a PowerShell command: copy the request as cURL in place of it');
  if (/^\s*\{/.test(start)) return inJson(bytes);
  try {
    return raw(bytes, readSavedRequest);
  } catch (error) {
    if (error.code === 'CM_TOO_LARGE') throw readable(error);
    const tidied = tidy(wholeText(bytes) ?? '');
    if (tidied) return noted(readPaste(utf8.encode(tidied.text), readSavedRequest), tidied.note);
    const found = headless(textOf(bytes.subarray(0, 4096)));
    if (!found) throw readable(error);
    return withLine(found, bytes, readSavedRequest);
  }
}

const noted = (request, note) => ({ ...request, notes: [note, ...request.notes] });

function command({ method, url, headers, body }, note) {
  return { method, url, headers: headers.map(([name, value]) => [name, wire(value)]), body: utf8.encode(body), notes: [note] };
}

function inJson(bytes) {
  const { note, headers, ...rest } = readJson(textOf(bytes));
  return { ...rest, headers: headers.map(([name, value]) => [name, wire(value)]), notes: [note] };
}

function withLine({ line, skipped, hasUrl }, bytes, readSavedRequest) {
  let request;
  try {
    request = raw(joined(utf8.encode(`${line}\n`), bytes.subarray(skipped)), readSavedRequest);
  } catch (error) {
    throw readable(error);
  }
  // A path of nobody must not be taken for the one that was called.
  return hasUrl ? request : noted({ ...request, url: undefined }, 'without a request line, so read as POST without URL (you can give it under More)');
}

function raw(bytes, readSavedRequest) {
  const notes = [];
  let saved;
  try {
    saved = readSavedRequest(bytes);
  } catch (error) {
    if (!/blank line/.test(error.detail ?? '')) throw error;
    // Browsers copy headers without the blank line that ends them.
    saved = readSavedRequest(joined(bytes, Uint8Array.of(10, 10)));
    notes.push('the request ends with its headers, so its body is empty');
  }
  if (saved.form === 'joined') notes.push('the chunks of the body were joined');
  if (saved.form === 'joined_before') notes.push('the headers name chunks, but the body has none: it was joined before it was saved');
  return { ...saved, notes };
}

const PLAIN = {
  'the first line is not METHOD TARGET VERSION':
    'the first line is neither that of a request, such as POST /hook HTTP/1.1, nor a header, such as Host: example.com. Paste the request as it arrived, or its headers, a blank line and its body',
  request: 'it is longer than the 25 MB that can be read here',
  headers: 'it has more than the 1,000 headers that can be read here',
};

function readable(error) {
  if (!error.detail) return error;
  return new Error(`${PLAIN[error.detail] ?? `this is no HTTP request: ${error.detail}`}.`, { cause: error });
}
