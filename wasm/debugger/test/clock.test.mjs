// The clock that a person types.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readClock } from '../src/clock.js';

test('seconds, milliseconds, dates, and now', () => {
  assert.equal(readClock(' ', 5), 5);
  assert.equal(readClock('1700000000'), 1_700_000_000_000);
  assert.equal(readClock(' 1700000000123 '), 1_700_000_000_123);
  assert.equal(readClock('0'), 0);
  assert.equal(readClock('-1'), -1000);
  assert.equal(readClock('2023-11-14T22:13:20Z'), 1_700_000_000_000);
  assert.equal(readClock('Tue, 14 Nov 2023 22:13:20 GMT'), 1_700_000_000_000);
  assert.equal(readClock('soon'), undefined);
  // What is no exact number would be refused later, and the answer to another clock would stay on the page.
  for (const text of ['9007199254740992', '99999999999999999999', '-99999999999999999999']) assert.equal(readClock(text), undefined);
});
