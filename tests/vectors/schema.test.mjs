// Every vector file fits the schema, uses only the flags that it explains, and is mostly negative as a whole.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';

const folder = new URL('./', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const ajv = new Ajv2020({ allowUnionTypes: true });
ajv.addSchema(read('schema/vectors.schema.json'), 'vectors.schema.json');
const validate = ajv.getSchema('vectors.schema.json');
const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.json') && !/^(schema|receiver)\//.test(name));
const errors = read('errors.json');
const names = new Set(errors.testGroups[0].tests[0].ok.errors.map((row) => row.name).concat('BAD_REQUEST'));
// What no request of the adapter protocol can be answered with, and where it is tested instead.
const elsewhere = {
  // What becomes of a login that is asked for as an approval: core/tests/trace_login.rs, and each language's own tests.
  outcomes: ['LOGIN_DENIED', 'LOGIN_EXPIRED', 'LOGIN_SUSPENDED', 'LOGIN_INVALID', 'LOGIN_PENDING'],
  // What `reserve` says of a second copy: `false` in replay.json.
  copies: ['REPLAYED'],
  // What the helpers of frameworks say: the tests of each language.
  bodies: ['BODY_ALREADY_READ'],
  // Faults of a library or its installation: the tests of each language.
  faults: ['INTERNAL', 'ABI_MISMATCH', 'LIBRARY_MISSING'],
};
const shown = new Set();
// Notes the errors of an answer, also those of the single events in it.
const show = (answer) => {
  if (typeof answer !== 'object' || answer === null) return;
  if (typeof answer.error === 'string') shown.add(answer.error);
  Object.values(answer).forEach(show);
};
let valid = 0;
let invalid = 0;

for (const name of files) {
  test(name, () => {
    const file = read(name);
    assert.ok(validate(file), JSON.stringify(validate.errors));
    const seen = new Set();
    for (const { tcId, flags = [], result, error, ok, trace } of file.testGroups.flatMap((group) => group.tests)) {
      assert.ok(!seen.has(tcId), `tcId ${tcId} twice`);
      seen.add(tcId);
      for (const flag of flags) assert.ok(file.notes?.[flag], `flag ${flag} of tcId ${tcId} has no note`);
      if (error) assert.ok(names.has(error), `${error} of tcId ${tcId} is not in the error table`);
      show({ error, ok, trace });
      if (result === 'valid') valid++;
      else invalid++;
    }
  });
}

for (const name of ['receiver/webhooks.json', 'receiver/links.json']) {
  test(name, () => {
    const file = read(name);
    const fits = ajv.compile(read('schema/receiver.schema.json'));
    assert.ok(fits(file), JSON.stringify(fits.errors));
    const tests = file.testGroups.flatMap((group) => group.tests);
    assert.deepEqual(tests.map(({ tcId }) => tcId), tests.map((_, at) => at + 1));
    assert.deepEqual(new Set(tests.flatMap(({ flags }) => flags)), new Set(Object.keys(file.notes)));
    for (const { error } of file.constructions ?? []) assert.ok(error === undefined || names.has(error), error);
  });
}

test('most vectors are negative', () => {
  assert.ok(invalid > valid * 1.5, `${valid} valid, ${invalid} invalid`);
});

test('every error name is shown by a vector', () => {
  const missing = [...names].filter((name) => name !== 'BAD_REQUEST' && !shown.has(name));
  assert.deepEqual(missing.sort(), Object.values(elsewhere).flat().sort());
});
