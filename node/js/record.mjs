// Reads what `src/record.rs` writes: several texts in one string, each found by where it ends.

const ABSENT = 0x80;

const endOf = (record, index) => {
  const at = 4 * index + 1;
  const high = record.charCodeAt(at + 3) & ~ABSENT;
  return record.charCodeAt(at) | (record.charCodeAt(at + 1) << 8) | (record.charCodeAt(at + 2) << 16) | (high << 24);
};

export const countOf = (record) => record.charCodeAt(0);

/** One of the texts; `undefined` if it is absent. */
export function textOf(record, index) {
  if (record.charCodeAt(4 * index + 4) & ABSENT) return undefined;
  const first = 1 + 4 * countOf(record);
  return record.substring(first + (index === 0 ? 0 : endOf(record, index - 1)), first + endOf(record, index));
}

/** A number that may be absent. */
export function numberOf(record, index) {
  const text = textOf(record, index);
  return text === undefined ? undefined : Number(text);
}
