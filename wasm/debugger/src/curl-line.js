// A curl line that sends exactly these bytes.

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A word of a POSIX shell that stands for exactly this text. */
export const quoted = (text) => (/^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The line; throws if the body is no text, since a command line cannot carry it. */
export function curlLine({ method, url, headers, body }) {
  const text = utf8.decode(body);
  if (text.includes('\0')) throw new Error('a command line cannot hold a zero byte');
  const has = (name) => headers.some(([other]) => other.toLowerCase() === name);
  const all = has('content-type') || !text ? headers : [['Content-Type', contentType(text)], ...headers];
  // Without -g curl reads [] and {} in an address as patterns.
  const lines = ['curl -g', `-X ${quoted(method)}`];
  // Without a body curl sends none, and with -d '' it says so.
  for (const [name, value] of all) lines.push(`-H ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`);
  if (text || method !== 'GET') lines.push(`--data-raw ${quoted(text)}`);
  lines.push(quoted(url));
  return `${lines[0]} ${lines.slice(1).join(' \\\n  ')}`;
}

const contentType = (text) => (/^\s*[[{]/.test(text) ? 'application/json' : /^[^\s=&]+=/.test(text) ? 'application/x-www-form-urlencoded' : 'text/plain');
