// Compares Countermark with one library on one scheme: a thousand random messages, in both directions, and changed ones.
//
// A test file describes its library to `compare` with:
//   scheme, library   names, as in the README
//   message(random)   {secret, body, and what the scheme signs: method, url, query, headers, message_id}
//   accepts(request)  whether the library accepts the request; an exception counts as a refusal
//   signs(message)    what the library adds when it can sign: {headers, query, url, body}
//   signature         where the signature is: {header} or {query}, or a function that changes one character of it
//   window            {past, future}: Countermark's limits in seconds, for a scheme with a signed time
//   bodyless          the body is not signed
//   changes           further changes that both must refuse: name -> (request, random) => request
//   cases             single requests on which the library is known to err: name -> (request) => request
//
// Where the library errs, defects.json has a row for the change or the case, and the test asserts that it still does.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, mock, test } from 'node:test';
import { ask } from './adapter.mjs';
import { Random } from './random.mjs';

const MESSAGES = 1000;
const DEFECTS = JSON.parse(readFileSync(new URL('../defects.json', import.meta.url))).filter((row) => row.registry === 'npm');
const VERSIONS = JSON.parse(readFileSync(new URL('../package.json', import.meta.url))).dependencies;

mock.timers.enable({ apis: ['Date'] });

export function compare(peer) {
  describe(`${peer.scheme}, ${peer.library}`, () => {
    const random = new Random(`${peer.scheme}, ${peer.library}`);
    const messages = Array.from({ length: MESSAGES }, () => draw(peer, random));
    const known = DEFECTS.filter((row) => row.library === peer.library && row.scheme === peer.scheme);
    let signed;

    before(async () => {
      const answers = await ask(messages.map((message) => signRequest(peer, message)));
      signed = messages.map((message, at) => {
        assert.ok(answers[at].ok, `message ${at} was not signed: ${JSON.stringify(answers[at])}`);
        return apply(message, answers[at].ok);
      });
    });

    test('we sign, both accept', async () => {
      await judge(peer, signed, { theirs: 'accepts', ours: 'accepts' });
    });

    if (peer.signs) {
      test('they sign, both accept', async () => {
        const theirs = [];
        for (const message of messages) {
          mock.timers.setTime(message.now_ms);
          theirs.push(apply(message, await peer.signs(message)));
        }
        await judge(peer, theirs, { theirs: 'accepts', ours: 'accepts' });
      });
    }

    for (const [name, change] of Object.entries(allChanges(peer))) {
      const defect = known.find((row) => row.case === name);
      test(`${name}: ${defect ? `we refuse, the library ${defect.theirs} (${defect.reason})` : 'both refuse'}`, async () => {
        const changed = signed.map((request) => change({ ...request }, random));
        await judge(peer, changed, { theirs: defect?.theirs ?? 'refuses', ours: 'refuses' });
      });
    }

    for (const row of known.filter((row) => !(row.case in allChanges(peer)))) {
      const single = peer.cases?.[row.case];
      test(`${row.case}: the library ${row.theirs}, we answer ${row.ours} (${row.reason})`, async () => {
        assert.ok(single, `no test for the row ${row.case} of defects.json`);
        const request = await single(signed[0]);
        const [answer] = await ask([verifyRequest(peer, request)]);
        const [verdict, error] = await verdictAndError(peer, request);
        const theirs = row.theirs.startsWith('raises ') ? `raises ${error?.name}` : verdict;
        assert.deepEqual({ theirs, ours: answer.error ?? 'ok' }, { theirs: row.theirs, ours: row.ours });
      });
    }
    for (const name of Object.keys(peer.cases ?? {})) {
      test(`${name} has a row in defects.json`, () => assert.ok(known.some((row) => row.case === name)));
    }

    after(() => {
      for (const row of known) assert.equal(row.version, VERSIONS[row.package ?? peer.library], `defects.json: ${row.case} is for another version`);
    });
  });
}

function draw(peer, random) {
  const message = { method: 'POST', headers: [], now_ms: random.time(), ...peer.message(random) };
  // The clock of the receiver, anywhere in the window that both sides accept.
  const { past, future } = peer.window ?? { past: 86_400, future: 86_400 };
  message.clock_ms = message.now_ms + random.int(-1000 * Math.max(future - 2, 0), 1000 * (past - 2));
  return message;
}

function signRequest(peer, { secret, method, url, headers, query, body, message_id, now_ms }) {
  const key = { id: 'key', secret, encoding: peer.encoding };
  return { op: 'webhook.sign', scheme: peer.scheme, key, method, url, headers, query, body_base64: base64(body), message_id, now_ms };
}

function verifyRequest(peer, { secret, method, url, headers, query, body, clock_ms }) {
  const keys = [{ id: 'key', secret: peer.publicKey?.(secret) ?? secret, encoding: peer.encoding }];
  return { op: 'webhook.verify', scheme: peer.scheme, keys, method, url, headers, query, body_base64: base64(body), now_ms: clock_ms };
}

const base64 = (body) => (body ?? Buffer.alloc(0)).toString('base64');

/** The message with what a signer added. */
function apply(message, { headers = [], query, url, body_base64 }) {
  const request = { ...message, headers: [...message.headers, ...headers] };
  if (query !== undefined) request.query = query;
  if (url !== undefined) request.url = url;
  if (body_base64 !== undefined) request.body = Buffer.from(body_base64, 'base64');
  return request;
}

/** The request signed again by us, after a change to its secret or body. */
export async function resign(peer, request) {
  const message = { ...request, headers: [] };
  const [answer] = await ask([signRequest(peer, message)]);
  return apply(message, answer.ok);
}

/** Every request must get the expected verdict from both sides. */
async function judge(peer, requests, expected) {
  const answers = await ask(requests.map((request) => verifyRequest(peer, request)));
  for (const [at, request] of requests.entries()) {
    const verdict = { theirs: await verdictOf(peer, request), ours: answers[at].ok ? 'accepts' : 'refuses' };
    assert.notEqual(answers[at].error, 'BAD_REQUEST');
    assert.deepEqual(verdict, expected, `message ${at}: ${JSON.stringify(answers[at])} ${JSON.stringify(verifyRequest(peer, request)).slice(0, 1500)}`);
  }
}

async function verdictOf(peer, request) {
  return (await verdictAndError(peer, request))[0];
}

async function verdictAndError(peer, request) {
  mock.timers.setTime(request.clock_ms);
  try {
    return [(await peer.accepts(request)) ? 'accepts' : 'refuses'];
  } catch (error) {
    return ['refuses', error];
  }
}

function allChanges(peer) {
  const changes = {
    'another secret': (request, random) => ({ ...request, secret: peer.message(random).secret }),
    'one signature character changed': (request, random) => changeSignature(peer, request, random),
  };
  if (!peer.bodyless) changes['the body changed'] = (request, random) => ({ ...request, body: changeBytes(request.body, random) });
  if (peer.window) {
    const { past, future } = peer.window;
    changes['too old'] = (request, random) => ({ ...request, clock_ms: request.now_ms + 1000 * (past + 2) + random.int(0, 86_400_000) });
    changes['too new'] = (request, random) => ({ ...request, clock_ms: request.now_ms - 1000 * (future + 2) - random.int(0, 86_400_000) });
  }
  return { ...changes, ...peer.changes };
}

function changeSignature(peer, request, random) {
  if (typeof peer.signature === 'function') return peer.signature(request, random);
  if (peer.signature.query) {
    const pattern = new RegExp(`((?:^|&)${peer.signature.query}=)([^&]*)`);
    return { ...request, query: request.query.replace(pattern, (_, name, value) => name + changeText(value, random)) };
  }
  return setHeader(request, peer.signature.header, changeText(header(request, peer.signature.header), random));
}

/** One character of the last hex or base64 run differs; never among the last three, where base64 has spare bits. */
function changeText(text, random) {
  const run = /([A-Za-z0-9+/_-]+)=*$/.exec(text);
  const at = run.index + random.int(0, run[1].length - 4);
  const alphabet = /^[0-9a-f]+$/.test(run[1]) ? '0123456789abcdef' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return text.slice(0, at) + random.pick([...alphabet].filter((other) => other !== text[at])) + text.slice(at + 1);
}

/** The body with a space added, or with one letter or digit changed. */
function changeBytes(body, random) {
  const at = [...body.keys()].slice(0, 2000).filter((index) => /[A-Za-z0-9]/.test(String.fromCharCode(body[index])));
  if (at.length === 0 || random.chance(2)) return Buffer.concat([body, Buffer.from(' ')]);
  const changed = Buffer.from(body);
  changed[random.pick(at)] ^= 1;
  return changed;
}

export function header({ headers }, name) {
  return headers.find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1];
}

export function setHeader(request, name, value) {
  const headers = request.headers.map(([other, old]) => [other, other.toLowerCase() === name.toLowerCase() ? value : old]);
  return { ...request, headers };
}

/** The headers as an object with lower-case names. */
export function headersOf({ headers }) {
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
}

/** A change to a header of digits: the time or identity that is signed. */
export function bump(name, by = 1) {
  return (request) => setHeader(request, name, String(Number(header(request, name)) + by));
}
