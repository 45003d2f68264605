// Small changes of texts, bytes, and lists.

// What parsers differ over: ends of texts, separators, blanks, bad encodings, other digits, letters that change their length with their case.
const ODD = [
  '', ' ', '\t', '\r\n', '\0', '\x7f', '\u0080', '\u00a0', '\u2028', '\ufeff', '\ufffd', '\u{1f600}', 'é', 'e\u0301', 'ß', 'İ', 'ſ', 'K', '٣', '１',
  '&', '=', ';', ',', '.', '|', ':', '/', '?', '#', '+', '-', '_', '"', "'", '\\', '<', '{', '[', '*', '~', '%',
  '%00', '%0a', '%20', '%25', '%26', '%2B', '%2b', '%3D', '%zz', '%e', '%C3%A9', '%ff', '%ED%A0%80', '%C0%AF', '\\u0041', '&amp;',
  '0', '00', '1', '9', 'a', 'A', 'f', '-1', '0x1', '1e3', '1.0', 'null', 'true',
];

/** A text with one small change. */
export function changeText(random, text) {
  const at = random.below(text.length + 1);
  const end = Math.min(text.length, at + 1 + random.below(3));
  const piece = text.slice(at, end);
  const put = (middle) => text.slice(0, at) + middle + text.slice(end);
  switch (random.below(14)) {
    case 0:
      return put('');
    case 1:
    case 2:
      return put(random.pick(ODD));
    case 3:
      return text.slice(0, at) + random.pick(ODD) + text.slice(at);
    case 4:
      return put(piece + piece);
    case 5:
      return put(piece.toUpperCase() === piece ? piece.toLowerCase() : piece.toUpperCase());
    case 6:
      return put([...Buffer.from(piece)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
    case 7:
      return put([...piece].reverse().join(''));
    case 8:
      return text.slice(0, at);
    case 9:
      return random.pick(ODD) + text;
    case 10:
      return text + random.pick(ODD);
    case 11:
      return changePairs(random, text);
    case 12:
      return text.replace(/%[0-9a-fA-F]{2}/g, (hex) => (random.chance(0.5) ? hex.toLowerCase() : hex.toUpperCase()));
    default:
      // A number one more or one less: lengths, times, versions.
      return text.replace(/\d{1,15}/, (digits) => String(Number(digits) + (random.chance(0.5) ? 1 : -1)));
  }
}

/** The pairs of a query, a form or a header, in another order, one twice, one left out. */
function changePairs(random, text) {
  const separator = ['&', ',', ';', '.'].find((candidate) => text.includes(candidate)) ?? '&';
  return changeList(random, text.split(separator)).join(separator);
}

export function changeList(random, list) {
  if (list.length === 0) return list;
  const changed = [...list];
  const [at, other] = [random.below(list.length), random.below(list.length)];
  switch (random.below(4)) {
    case 0:
      changed.splice(at, 1);
      return changed;
    case 1:
      changed.splice(other, 0, list[at]);
      return changed;
    case 2:
      [changed[at], changed[other]] = [list[other], list[at]];
      return changed;
    default:
      return changed.concat(changed.slice(at, at + 3));
  }
}

/** Bytes with one small change: as a text if they are one, or else, and sometimes all the same, as bytes. */
export function changeBytes(random, bytes) {
  const text = bytes.toString('utf8');
  if (random.chance(0.7) && Buffer.from(text).equals(bytes)) return Buffer.from(changeText(random, text));
  if (bytes.length === 0) return random.bytes(1 + random.below(3));
  const changed = Buffer.from(bytes);
  const at = random.below(bytes.length);
  switch (random.below(4)) {
    case 0:
      changed[at] ^= 1 << random.below(8);
      return changed;
    case 1:
      return changed.subarray(0, at);
    case 2:
      return Buffer.concat([changed.subarray(0, at), random.bytes(1 + random.below(2)), changed.subarray(at)]);
    default:
      return Buffer.concat([changed, random.pick([Buffer.from([0]), Buffer.from('\n'), Buffer.from([0xff])])]);
  }
}
