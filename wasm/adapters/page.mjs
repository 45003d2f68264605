// The adapter protocol in a page: a function that the browser's driver calls with many lines.
import { answer } from '../../tests/adapters/node/answer.mjs';

globalThis.answerAll = async (lines) => {
  const answers = [];
  for (const line of lines) answers.push(await answer(line));
  return answers.map((one) => `${JSON.stringify(one)}\n`).join('');
};
