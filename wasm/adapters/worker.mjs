// The adapter protocol in a Worker: a line for each request.
import { answer } from '../../tests/adapters/node/answer.mjs';

export default {
  async fetch(request) {
    return Response.json(await answer(await request.text()));
  },
};
