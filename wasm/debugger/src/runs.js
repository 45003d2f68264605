// The signed bytes as the page shows them: runs of bytes of one part with one mark.

/** Bytes that stay around a difference when a long text is shortened. */
const AROUND = 400;

/**
 * Runs `{bytes, part, mark}` in order, `mark` one of `same`, `added` (arrived, but was not signed) and `missing` (was signed, but did
 * not arrive). The secret is a run without bytes.
 */
export function runsOf({ received, signed, differences }) {
  const runs = [];
  const [left, right] = [cursor(received), cursor(signed)];
  for (const { received: [start, end], signed: [from, to] } of differences) {
    left.take(start, 'same', runs);
    right.skip(from);
    left.take(end, 'added', runs);
    right.take(to, 'missing', runs);
  }
  left.take(Infinity, 'same', runs);
  return runs;
}

/** Reads a list of parts from left to right, by offsets into all of them joined. */
function cursor(parts) {
  let at = 0;
  let index = 0;
  let inside = 0;
  function walk(end, use) {
    while (index < parts.length) {
      const { name, bytes } = parts[index];
      const length = Math.min(bytes.length - inside, end - at);
      if (length < 0 || (length === 0 && bytes.length > 0 && at >= end)) return;
      use(name, bytes.subarray(inside, inside + length));
      at += length;
      inside += length;
      if (inside < bytes.length) return;
      index += 1;
      inside = 0;
    }
  }
  return {
    take: (end, mark, runs) =>
      walk(end, (part, bytes) => {
        // A secret has no bytes, and stands on the received side once.
        if (bytes.length > 0 || (part === 'secret' && mark !== 'missing')) runs.push({ bytes, part, mark });
      }),
    skip: (end) => walk(end, () => {}),
  };
}

/** Long runs of equal bytes shortened to what stands around the differences; `elided` bytes are left out at that place. */
export function shortened(runs, limit = 6000) {
  const total = runs.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (total <= limit) return runs;
  return runs.flatMap((run, at) => {
    if (run.bytes.length <= 2 * AROUND) return [run];
    const head = { ...run, bytes: run.bytes.subarray(0, AROUND) };
    const tail = { ...run, bytes: run.bytes.subarray(-AROUND) };
    const gap = { ...run, bytes: new Uint8Array(), elided: run.bytes.length - 2 * AROUND };
    if (at === runs.length - 1 && runs.length > 1) return [head, { ...gap, elided: run.bytes.length - AROUND }];
    return [head, gap, tail];
  });
}

const NAMES = { 0x00: 'NUL', 0x09: 'TAB', 0x0d: 'CR', 0x1b: 'ESC', 0x7f: 'DEL', 0xfeff: 'BOM' };

/** Control characters, all blanks, and what fonts draw nothing for, such as joiners, variation selectors and fillers. */
const UNSEEN = /\p{Cc}|\p{Cf}|\p{Z}|\p{Default_Ignorable_Code_Point}|\u2800/u;

/**
 * Bytes as text whose unseen characters can be seen: pieces `{text, unseen}`. What is no UTF-8 is shown in hex.
 * @param blanks whether a blank is to be seen as well
 */
export function visible(bytes, blanks = false) {
  const pieces = [];
  const push = (text, unseen) => {
    const last = pieces.at(-1);
    if (last && last.unseen === unseen && !unseen) last.text += text;
    else pieces.push({ text, unseen });
  };
  let at = 0;
  while (at < bytes.length) {
    const length = sequence(bytes, at);
    if (length === 0) {
      push(`\\x${bytes[at].toString(16).padStart(2, '0')}`, true);
      at += 1;
      continue;
    }
    const character = decoder.decode(bytes.subarray(at, at + length));
    const code = character.codePointAt(0);
    if (code === 0x0a) {
      push('LF', true);
      push('\n', false);
    } else if (NAMES[code]) push(NAMES[code], true);
    else if (blanks && code === 0x20) push('·', true);
    else if (code !== 0x20 && UNSEEN.test(character)) push(`U+${code.toString(16).toUpperCase().padStart(4, '0')}`, true);
    else push(character, false);
    at += length;
  }
  return pieces;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The length of the UTF-8 character at a place; 0 if there is none. */
function sequence(bytes, at) {
  const first = bytes[at];
  const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  try {
    decoder.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}
