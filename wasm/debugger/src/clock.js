// The clock that a request is judged by.

/** Unix milliseconds; a number that as seconds is before the year 5138 is seconds. `undefined` if it cannot be read. */
export function readClock(text, now = Date.now()) {
  const trimmed = text.trim();
  if (!trimmed) return now;
  if (/^-?\d+$/.test(trimmed)) {
    const number = Number(trimmed);
    const ms = Math.abs(number) < 1e11 ? number * 1000 : number;
    return Number.isSafeInteger(ms) ? ms : undefined;
  }
  const ms = Date.parse(trimmed);
  return Number.isNaN(ms) ? undefined : ms;
}
