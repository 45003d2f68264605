// The adapter protocol in a Worker: many lines for each request, since a request costs more than most answers.
import { answer } from '../../tests/adapters/node/answer.mjs';

export default {
  async fetch(request) {
    const answers = [];
    for (const line of await request.json()) answers.push(await answer(line));
    return new Response(answers.map((one) => `${JSON.stringify(one)}\n`).join(''));
  },
};
