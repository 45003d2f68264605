// What is shown about a request. Gives the sentence that a screen reader says.
import { el, icon } from '../dom.js';
import { hasKeyPair } from '../schemes.js';
import { ASKED, CERTAINTIES, CHECKS, STATES, amountOf, counted, sentence, titled } from '../texts.js';
import { contentCard } from './content.js';
import { schemeCard } from './scheme.js';

export function renderResult(place, answer, actions) {
  const { spoken, cards } = VIEWS[answer.kind](answer, actions);
  place.replaceChildren(...cards);
  return spoken;
}

const banner = (state, title, ...lines) =>
  el('section', { class: `card verdict ${state}`, 'aria-labelledby': 'verdict' },
    el('div', { class: 'seal', 'aria-hidden': 'true' }, icon(state === 'good' ? 'passed' : state === 'bad' ? 'failed' : 'arrow')),
    el('div', {}, el('h2', { id: 'verdict' }, title), ...lines.filter(Boolean).map((line) => (typeof line === 'string' ? el('p', {}, line) : line))),
  );

const plain = (state, title, ...lines) => ({ spoken: `${title}. ${lines.find((line) => typeof line === 'string') ?? ''}`, cards: [banner(state, title, ...lines)] });

const VIEWS = {
  empty: () =>
    plain('idle', 'Why does this webhook fail?',
      'Paste the request as it arrived, and the secret of the endpoint. You see the verdict, each check, the bytes that were signed, and what happened to them on the way.',
      el('ul', { class: 'plain-list' },
        el('li', {}, 'A body that was parsed and written again, down to the byte'),
        el('li', {}, 'A secret that was decoded in another way, or is that of another scheme'),
        el('li', {}, 'A URL behind a proxy, a clock that is off, a header that came twice')),
    ),
  unreadable: ({ message }) => plain('bad', 'The request cannot be read', sentence(message)),
  problem: ({ message }) => plain('bad', 'Something is missing', message),
  unknown: ({ count, headers }) =>
    plain('idle', 'No scheme was recognized',
      `None of the ${headers.length} headers carries a signature of the ${count} schemes. If you know who sent it, choose the scheme: then you see what is missing.`),
  'no-secret': ({ about, detected, candidates }, actions) => ({
    spoken: `${about.title}. Add the ${keyName(about)}.`,
    cards: [
      banner('idle', detected ? `This looks like ${about.title}` : about.title, `Add the ${keyName(about)} of the endpoint to see whether the signature is good.`),
      schemeCard(about, { detected, candidates }, actions),
    ],
  }),
  explained,
};

const keyName = (about) => ASKED[about.key] ?? (hasKeyPair(about) ? 'public key' : 'secret');

function explained({ about, detected, candidates, found, error, mayBeClipboard, mayBeTextArea, sentLength, anyAge }, actions) {
  const stale = ['TIMESTAMP_TOO_OLD', 'TIMESTAMP_TOO_NEW'].includes(error?.name);
  const title = !error ? 'Verified' : stale ? 'The signature is good, its time is not' : 'Refused';
  const first = found.causes[0];
  const verdict = banner(error ? 'bad' : 'good', title,
    error ? sentence(`${error.message}.`) : `The signature of ${about.title} is good${about.maxAgeS && !anyAge ? ', and so is its time' : ''}.`,
    !error && coverage(about),
    error && el('p', { class: 'code-line' }, el('code', {}, error.name), el('span', {}, `HTTP ${error.httpStatus}`)),
    stale && el('button', { type: 'button', class: 'secondary', onclick: actions.anyAge }, 'Check it without its age'),
    mayBeClipboard && 'The clipboard of Windows ends lines with CR LF, so they may have come with the paste, and not on the way to the server.',
    mayBeClipboard && el('button', { type: 'button', class: 'secondary', onclick: actions.withLf }, 'Check it with LF'),
    mayBeTextArea && 'The text area has turned CR LF into LF when it was edited, so that may not have happened on the way to the server.',
    sentLength !== undefined && `Content-Length says ${counted(sentLength, 'bytes')}, so the line break at the end may have come with an editor, and not on the way to the server.`,
    sentLength !== undefined && el('button', { type: 'button', class: 'secondary', onclick: actions.withoutEnd }, 'Check it without the line break'),
  );
  const cards = [verdict];
  if (error) cards.push(causesCard(found, about, error));
  if (found.content) cards.push(contentCard(found.content, { refused: Boolean(error), about }));
  cards.push(checksCard(found.checks, about, anyAge));
  cards.push(schemeCard(about, { detected, candidates }, actions));
  const cause = first ? ` ${sentence(first.happened)}.` : error ? ' No known mistake fits.' : '';
  return { spoken: `${title}: ${error ? error.message : about.title}.${cause}`, cards };
}

/** What may be trusted now, and what not. */
function coverage({ covers, maxAgeS }) {
  if (covers.length === 0) return 'It covers nothing: the sender only proves that it knows the secret.';
  const body = covers.some((part) => /^(body|form)$/.test(part)) ? '' : ' The body may be read as a claim only.';
  const again = maxAgeS ? '' : ' It signs no time, so keep replay keys: a copy verifies as well.';
  return `It covers: ${covers.map((part) => part.replaceAll('_', ' ')).join(', ')}.${body}${again}`;
}

function causesCard({ causes, complete, bodyLength, bodySha256 }, about, error) {
  const list = causes.map((cause) => {
    const facts = [
      cause.subject && ['At', cause.subject],
      cause.fits && ['Fits', cause.fits],
      amountOf(cause) && ['Amount', amountOf(cause)],
      ['Name', el('code', {}, cause.kind)],
    ].filter(Boolean);
    return el('li', { class: `cause ${cause.certainty}`, 'data-kind': cause.kind },
      el('div', { class: 'cause-head' },
        el('h3', {}, sentence(cause.happened)),
        el('span', { class: `chip ${cause.certainty}`, title: CERTAINTIES[cause.certainty] }, cause.certainty)),
      el('dl', { class: 'facts' }, facts.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value)))),
      el('p', { class: 'remedy' }, icon('arrow'), el('span', {}, `${sentence(cause.remedy)}.`)));
  });
  const isOpen = list.length === 0 || (error.name === 'SIGNATURE_MISMATCH' && causes.every(({ certainty }) => certainty !== 'proved'));
  return el('section', { class: 'card causes', 'aria-labelledby': 'causes' },
    el('h2', { id: 'causes' }, causes.length > 1 ? 'Why, the surest first' : 'Why'),
    list.length > 0 && el('ol', { class: 'cause-list' }, list),
    complete && isOpen && el('p', {}, `No known mistake ${list.length > 0 ? 'is proved' : 'fits'}. The secret may be that of another ${about.title} endpoint, or the body was changed in a way that cannot be undone.`),
    el('p', { class: 'hint fingerprint' }, `The body that arrived has ${counted(bodyLength, 'bytes')}. Compare its SHA-256 with that of the body that was sent: `, el('code', {}, bodySha256)),
    !complete && el('p', { class: 'note' }, 'Not every idea was tried: the request is too large.'));
}

/** A check passes, too, where there is nothing to look at; that is said. */
function checksCard(checks, { maxAgeS }, anyAge) {
  const skipped = (step) => (/^time_/.test(step) && !maxAgeS ? 'no time is signed' : step === 'time_window' && anyAge ? 'left out' : undefined);
  return el('section', { class: 'card checks', 'aria-labelledby': 'checks' },
    el('h2', { id: 'checks' }, 'Checks, in their order'),
    el('ol', { class: 'check-list' },
      checks.map(({ step, state: said }) => {
        const [name, about] = CHECKS[step] ?? [titled(step), ''];
        const nothing = said === 'passed' && skipped(step);
        const state = nothing ? 'not_reached' : said;
        return el('li', { class: state, 'data-step': step },
          el('span', { class: 'bullet' }, icon(state)),
          el('span', { class: 'check-name' }, name, el('span', { class: 'about' }, about)),
          el('span', { class: 'state' }, nothing || (STATES[state] ?? state)));
      })));
}

