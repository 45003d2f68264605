// Questions that nobody wrote: those of the vectors, and freshly signed ones, each with few small changes.
import { change, Dictionary } from './change.mjs';

// How often an operation is asked, for each 100 questions. What is not here has no input worth a change, or needs a network.
const WEIGHTS = [
  ['webhook.verify', 36],
  ['query.verify', 20],
  ['reply.parse', 9],
  ['login.machine', 8],
  ['webhook.explain', 3],
  ['webhook.sign', 3],
  ['query.sign', 3],
  ['webhook.handshake', 2],
  ['webhook.site_origin', 1],
  ['login.request', 2],
  ['ident.normalize', 2],
  ['deep_link.build', 1],
  ['return_url.check', 2],
  ['access_pass.check', 1],
  ['seal.open_foreign', 1],
  ['replay.run', 1],
  ['securesign.validate', 1],
  ['securesign.session', 1],
  ['securesign.callback', 1],
  ['securesign.hint', 1],
  ['securesign.origin', 1],
  ['securesign.rate_limit', 1],
];
// Most signed questions are changed little, so that many stay good, and the others fail late.
const CHANGES = [[0, 3], [1, 9], [2, 5], [3, 2], [6, 1]];
const SIGNED = ['webhook.sign', 'query.sign'];

export class Cases {
  #random;
  #bases = new Map();
  #dictionary;

  constructor(random, vectors) {
    this.#random = random;
    // Pictures of 20 KB more than others would be most of the work.
    const all = vectors.filter(({ servers, request, answer }) => !servers && answer.error !== 'BAD_REQUEST' && JSON.stringify(request).length < 8000);
    this.#dictionary = new Dictionary(all.map(({ request }) => request));
    for (const [op] of WEIGHTS) {
      const mine = all.filter(({ request }) => request.op === op);
      const requests = (isGood) => mine.filter(({ answer }) => 'ok' in answer === isGood).map(({ request }) => request);
      this.#bases.set(op, { good: requests(true), bad: requests(false) });
      if (mine.length === 0) throw new Error(`there is no vector of ${op}`);
    }
  }

  #base(op) {
    const { good, bad } = this.#bases.get(op);
    return this.#random.pick(bad.length === 0 || this.#random.chance(0.75) ? good : bad);
  }

  /** Questions that ask for a signature: those of the vectors, with other bodies, fields, secrets and times. */
  unsigned(count) {
    const random = this.#random;
    return Array.from({ length: count }, () => {
      const base = this.#base(random.pick(SIGNED));
      return this.#changed(base, random.chance(0.2) ? 0 : 1);
    });
  }

  /** Adds what verifies `signed`, a list of `[question, ok]`, to what is changed from now on. */
  add(signed) {
    for (const [question, ok] of signed) {
      const request = question.op === 'query.sign' ? queryOf(question, ok) : webhookOf(question, ok);
      this.#bases.get(request.op).good.push(request);
    }
  }

  next() {
    const random = this.#random;
    return this.#changed(this.#base(random.weighted(WEIGHTS)), random.weighted(CHANGES));
  }

  #changed(base, times) {
    let request = base;
    for (let left = times; left > 0; left--) request = change(this.#random, request, this.#dictionary);
    // Without entropy each binding takes its own, and no two signatures are alike.
    return request.op === 'query.sign' ? { entropy_base64: 'AAECAwQFBgcICQoLDA0ODw==', ...request } : request;
  }
}

function queryOf({ profile, mode, key, now_ms, audience, allow_demo_secret }, { query }) {
  return clean({ op: 'query.verify', profile, mode: mode ?? 'strict', keys: [key], query, now_ms, audience, allow_demo_secret });
}

function webhookOf({ scheme, key, keys, method, url, query, headers = [], body_base64, now_ms }, ok) {
  return clean({
    op: 'webhook.verify',
    scheme,
    keys: keys ?? [key],
    method,
    url: ok.url ?? url,
    query: ok.query ?? query,
    headers: [...headers, ...ok.headers],
    body_base64: ok.body_base64 ?? body_base64,
    now_ms,
  });
}

const clean = (request) => Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
