// What the package exports: by import and require alike, and as its types say.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as countermark from 'countermark';
import { signQuery, signWebhook } from 'countermark/testing';

const here = (path) => new URL(path, import.meta.url);
const require = createRequire(import.meta.url);
const required = require('countermark');
const { exports } = JSON.parse(readFileSync(here('../package.json'), 'utf8'));

/** What a file of types declares: of each name its kind, and the members of a class or an interface. */
function declared(file) {
  const text = readFileSync(here(`../types/${file}`), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  const found = {};
  for (const [, kind, name, rest] of text.matchAll(/^export (class|interface|function|const) (\w+)(.*(?:\n(?!export|\}|\n).*)*)/gm)) {
    // Members stand two blanks in; what belongs to their types stands further in.
    const members = [...rest.matchAll(/^ {2}(static )?(?:readonly )?(?!private |constructor\b)(\w+)\??[:(<]/gm)].map(([, on, member]) => (on ?? '') + member);
    found[name] = { kind, members: /class|interface/.test(kind) ? [...new Set(members)].sort() : [] };
  }
  return found;
}

const own = (object) => Object.getOwnPropertyNames(object);
/** The members of an object, and of the class that it is of. */
const membersOf = (object) => [...new Set([...own(object), ...own(Object.getPrototypeOf(object))])].filter((name) => name !== 'constructor').sort();

/** The same of what a module gives. */
function given(module) {
  const kindOf = ([name, value]) => {
    if (typeof value !== 'function') return [name, { kind: 'const', members: [] }];
    const members = own(value.prototype ?? {}).filter((member) => member !== 'constructor');
    if (members.length === 0) return [name, { kind: 'function', members }];
    const onClass = own(value).filter((member) => !['length', 'name', 'prototype', 'arguments', 'caller'].includes(member));
    return [name, { kind: 'class', members: [...members, ...onClass.map((member) => `static ${member}`)].sort() }];
  };
  return Object.fromEntries(Object.entries(module).filter(([name]) => !['default', '__esModule', 'module.exports'].includes(name)).map(kindOf));
}

for (const [path, { import: { types } }] of Object.entries(exports).filter(([, entry]) => entry.import)) {
  test(`the types of ${path} are its exports, by import and by require`, async () => {
    const described = declared(types.split('/').pop());
    const exported = Object.fromEntries(Object.entries(described).filter(([, { kind }]) => kind !== 'interface'));
    // The data of an error and of the vendor's session stand on the object; the next test looks at the error's.
    const fields = { CountermarkError: ['name'], AuthSession: exported.AuthSession?.members.filter((name) => /^(get|set|static )/.test(name)) };
    for (const [name, { members }] of Object.entries(exported)) {
      if (name === 'CountermarkError' || path === './secsignid' && name === 'AuthSession') members.splice(0, members.length, ...fields[name]);
    }
    const specifier = `countermark${path.slice(1)}`;
    assert.deepEqual(given(await import(specifier)), exported);
    assert.deepEqual(given(require(specifier)), exported);
  });
}

test('the values that calls give have the members of their types, and no other', () => {
  const types = declared('index.d.ts');
  const secret = 'a secret of at least twenty bytes';
  const keys = [{ id: '1', secret }];
  const query = signQuery({ profile: 'legacy-onelogin', secret, fields: { firstname: 'A', lastname: 'B', email: 'a@b.example' } });
  const { headers, body } = signWebhook({ scheme: 'github', secret, body: '{}' });
  const service = new countermark.LoginService({ serviceName: 'a', serviceAddress: 'b' });
  const scheme = countermark.listSchemes().find(({ maxAgeS }) => maxAgeS !== undefined);
  const values = {
    VerifiedQuery: new countermark.SignedQueryVerifier({ profile: 'legacy-onelogin', keys }).verify(query),
    VerifiedWebhook: new countermark.WebhookVerifier({ scheme: 'github', keys }).verify({ headers }, body),
    LoginService: service,
    SchemeInfo: scheme,
    CauseInfo: countermark.listCauses()[0],
    ErrorInfo: countermark.listErrors()[0],
    WebhookAnswer: countermark.webhookSuccess('github'),
  };
  for (const [name, value] of Object.entries(values)) {
    const members = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype ? Object.keys(value).sort() : membersOf(value);
    assert.deepEqual(members, types[name].members, name);
  }
});

test('an error has what its type says', () => {
  const { members } = declared('index.d.ts').CountermarkError;
  assert.throws(() => new countermark.WebhookVerifier({ scheme: 'none', keys: [] }), (error) => {
    // Engines put more on every error, out of sight.
    const found = [...Object.keys(error), ...own(Object.getPrototypeOf(error)).filter((name) => name !== 'constructor')];
    assert.deepEqual([...new Set([...found, 'detail', 'server'])].sort(), members);
    return true;
  });
});

test('the version is that of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  assert.equal(countermark.version, version);
});

test('an error of the other copy of the package is an error too', () => {
  assert.throws(() => required.normalizeSecsignId('!'), (error) => error instanceof countermark.CountermarkError);
});

test('the row that the loader repeats is that of the table', () => {
  const loader = readFileSync(new URL('../js/native.cjs', import.meta.url), 'utf8');
  const row = countermark.listErrors().find(({ name }) => name === 'LIBRARY_MISSING');
  assert.match(loader, new RegExp(`${row.message}.*`));
  assert.match(loader, new RegExp(`CM_${row.name}', number: ${row.number}, retryable: ${row.retryable} `));
});
