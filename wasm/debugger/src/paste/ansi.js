// Words in $'…', whose escapes a shell reads as C does.

const ESCAPES = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', v: '\v', "'": "'", '"': '"', '\\': '\\', '?': '?' };

/** Escapes that stand for one byte each; a letter beyond ASCII takes several. */
const BYTES = /(?:\\(?:x[0-9a-fA-F]{1,2}|[0-7]{1,3}))+/y;
const UNIT = /\\(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/y;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads on from behind the `$'`: the text, and where the line goes on. */
export function ansiQuote(line, start) {
  let text = '';
  let at = start;
  const taken = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(line);
    if (found) at = pattern.lastIndex;
    return found;
  };
  for (;;) {
    const c = line[at];
    if (c === undefined) throw new Error("a quote $' is not closed");
    if (c === "'") return { text, end: at + 1 };
    if (c !== '\\') {
      text += c;
      at += 1;
      continue;
    }
    const bytes = taken(BYTES);
    const unit = !bytes && taken(UNIT);
    if (bytes) text += decoded(bytes[0]);
    else if (unit) text += String.fromCodePoint(Number.parseInt(unit[1] ?? unit[2], 16));
    else {
      const kind = line[at + 1] ?? '';
      text += ESCAPES[kind] ?? `\\${kind}`;
      at += 2;
    }
  }
}

function decoded(escapes) {
  const bytes = escapes.slice(1).split('\\').map((one) => (one.startsWith('x') ? Number.parseInt(one.slice(1), 16) : Number.parseInt(one, 8) & 0xff));
  if (bytes.includes(0)) throw new Error('a zero byte ends the word, and the shell drops what follows');
  try {
    return utf8.decode(Uint8Array.from(bytes));
  } catch {
    throw new Error(`${escapes.slice(0, 20)} is no UTF-8, and only text can be read from a curl line: paste the raw request`);
  }
}
