// Answers the lines of the standard input one after the other.
import { createInterface } from 'node:readline';

export async function eachLine(answer) {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) process.stdout.write(`${await answer(line)}\n`);
}
