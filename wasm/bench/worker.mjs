// workerd's clock stands still while a Worker computes, so it is measured from outside.
import { repeat, rows } from './rows.mjs';

export default {
  async fetch(request) {
    const { size, name, calls } = await request.json();
    if (name === undefined) return Response.json(Object.keys(await rows(size)));
    await repeat(size, name, calls);
    return new Response();
  },
};
