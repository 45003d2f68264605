// `readline` of Bun and Deno ends a line at U+2028 too, which may stand in JSON.

/** The lines that have come, as many at once as there are. */
export async function* batches(input) {
  let rest = '';
  for await (const chunk of input.setEncoding('utf8')) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop();
    if (parts.length > 0) yield parts;
  }
  if (rest !== '') yield [rest];
}

export async function* lines(input) {
  for await (const batch of batches(input)) yield* batch;
}
