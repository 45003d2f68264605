// What stands around a request that was copied from a chat, a README or a terminal. The core reads none of it but a fence around a plain request, so this is
// tried only after the core has refused.

/** What netcat says before the request. */
const NETCAT = /^\s*(?:(?:Ncat: .*|listening on .*|connection (?:from|received) .*|connect to .*)\r?\n)+/i;
const FENCE = /^\s*```.*\n([^]*?)\r?\n```\s*$/;
const INDENTED = /^(?:[ \t]*\r?\n)*([ \t]+)\S/;
/** The first line that holds blanks alone. */
const BLANKS = /^(\s*\S[^]*?\n)[ \t]+(\r?\n|$)/;

/** The text without it, and what was taken away: `{text, note}`; `undefined` if there is nothing of the kind. */
export function tidy(text) {
  const fenced = FENCE.exec(text);
  if (fenced) return { text: fenced[1], note: 'the fence ``` around it was left out' };
  if (NETCAT.test(text)) return { text: text.replace(NETCAT, ''), note: 'the lines of netcat before it were left out' };
  const indent = INDENTED.exec(text)?.[1];
  if (indent) {
    const lines = text.split('\n');
    if (lines.every((line) => line.startsWith(indent) || !line.trim())) {
      return { text: lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.replace(/^[ \t]+/, ''))).join('\n'), note: 'the indentation of all lines was left out' };
    }
  }
  const [all, head, end] = BLANKS.exec(text) ?? [];
  // Behind an empty line it is the body that has such a line.
  if (all && !/[^\r\n]\r?\n\r?\n/.test(head)) return { text: `${head}${end}${text.slice(all.length)}`, note: 'the blanks in the line that ends the headers were left out' };
}

/** The first line of headers without a request line, and no address such as `https://x`. */
const HEADER = /^\s*[\w!#$%&'*+.^`|~-]+:(?!\/\/)/;
/** What GitHub shows of a delivery before its headers. */
const DELIVERY = /^\s*Request URL: *(\S+)\r?\nRequest method: *([A-Za-z]+)\r?\n/i;

/** Headers that have no request line: `{line, skipped, hasUrl}`, the line to put in place of what is skipped. */
export function headless(start) {
  const [all, url, method] = DELIVERY.exec(start) ?? [];
  if (all) return { line: `${method.toUpperCase()} ${url} HTTP/1.1`, skipped: new TextEncoder().encode(all).length, hasUrl: true };
  if (HEADER.test(start)) return { line: 'POST / HTTP/1.1', skipped: 0, hasUrl: false };
}
