// How the body of a request is collected.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect } from '../js/receiver.mjs';

async function* chunks(...sizes) {
  let next = 0;
  for (const size of sizes) yield Uint8Array.from({ length: size }, () => next++);
}
const bytes = (length) => Uint8Array.from({ length }, (_, at) => at);
const refused = { code: 'CM_TOO_LARGE' };

test('the bytes of all chunks, in whatever pieces they come', async () => {
  for (const sizes of [[], [0], [1], [16_384], [16_385], [1, 16_383, 1], [40_000, 1, 0, 3], [1, 2, 4, 100_000]]) {
    const length = sizes.reduce((sum, size) => sum + size, 0);
    for (const announced of [undefined, '', 'x', '-1', '0', '5', `${length}`]) {
      const body = await collect(chunks(...sizes), 200_000, announced);
      assert.deepEqual(body, bytes(length), `${sizes} ${announced}`);
      assert.equal(body.buffer.byteLength, length);
    }
  }
});

test('one byte too many is refused, and so is what is announced to be', async () => {
  assert.equal((await collect(chunks(5, 5), 10)).length, 10);
  await assert.rejects(collect(chunks(5, 6), 10), refused);
  await assert.rejects(collect(chunks(1), 10, '11'), refused);
});

test('a chunk of one byte takes one byte', async () => {
  let most = 0;
  async function* crumbs() {
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < 400_000; at++) {
      yield Uint8Array.of(1);
      if (at % 10_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
    }
  }
  assert.equal((await collect(crumbs(), 1_000_000)).length, 400_000);
  // What is garbage already counts, too; the objects kept would be 70 MB.
  assert.ok(most < 40_000_000, `${most} bytes`);
});
