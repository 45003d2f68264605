import { answer } from './answer.mjs';
import { lines } from './lines.mjs';

for await (const line of lines(process.stdin)) process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
