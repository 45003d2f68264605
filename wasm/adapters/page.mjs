// The adapter protocol in a page: a function that the browser's driver calls.
import { answer } from '../../tests/adapters/node/answer.mjs';

globalThis.answer = async (line) => JSON.stringify(await answer(line));
