import { createInterface } from 'node:readline';
import { answer } from './answer.mjs';

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
}
