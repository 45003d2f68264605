// Reads what `src/record.rs` writes: several texts in one string.

/** The texts of a record, in order; an absent one is `undefined`. */
export function texts(record) {
  const count = record.charCodeAt(0);
  const list = new Array(count);
  for (let i = 0, at = 1, from = 1 + 4 * count; i < count; i++, at += 4) {
    const length =
      record.charCodeAt(at) + record.charCodeAt(at + 1) * 0x100 + record.charCodeAt(at + 2) * 0x10000 + record.charCodeAt(at + 3) * 0x1000000;
    if (length !== 0xffffffff) {
      list[i] = record.substring(from, from + length);
      from += length;
    }
  }
  return list;
}

/** A number that may be absent. */
export const numberOf = (text) => (text === undefined ? undefined : Number(text));
