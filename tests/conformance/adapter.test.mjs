// The suite waits for answers, and not for adapters that it asks nothing: logins of the same adapter may take longer than any answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Adapter } from './adapter.mjs';

test('an adapter that nobody asks may be silent', async () => {
  const adapter = new Adapter('rust', 2000);
  const ask = () => adapter.ask({ id: 1, op: 'ident.normalize', secsignid: 'Alice' });
  const answer = await ask();
  await sleep(4500);
  assert.deepEqual(await ask(), answer);
  assert.equal(await adapter.end(), 0);
});
