// The signed bytes, with what came between sender and verifier marked in them.
import { el } from '../dom.js';
import { runsOf, shortened, visible } from '../runs.js';
import { PARTS, counted } from '../texts.js';

export function contentCard(content, { refused, about }) {
  const runs = runsOf(content);
  const marks = new Set(runs.map(({ mark }) => mark));
  const parts = [...new Set(content.received.map(({ name }) => name))].filter((name) => name !== 'literal');
  return el('section', { class: 'card content', 'aria-labelledby': 'content' },
    el('h2', { id: 'content' }, 'Signed bytes'),
    el('p', { class: 'hint' }, summary(content, { refused, about })),
    about.digest === 'token'
      ? undefined
      : el('div', { class: 'bytes', tabindex: '0', role: 'group', 'aria-label': 'The signed bytes' }, shortened(runs).map(runElement)),
    el('ul', { class: 'legend', 'aria-label': 'Legend' },
      parts.map((name) => el('li', {}, el('span', { class: `swatch part-${name}` }), PARTS[name] ?? name)),
      marks.has('added') && el('li', {}, el('del', {}, 'abc'), 'came on the way, was not signed'),
      marks.has('missing') && el('li', {}, el('ins', {}, 'abc'), 'was signed, did not arrive')));
}

function summary({ received, differences }, { refused, about }) {
  const total = received.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const count = differences.length;
  if (about.digest === 'token') return 'This scheme signs nothing: the sender only shows that it knows the secret.';
  if (count > 0) {
    const [{ received: [at] }] = differences;
    const places = count === 1 ? 'One place differs' : `${count.toLocaleString('en')} places differ`;
    return `${places} from what the sender signed${count === 1 ? ',' : ', the first'} at byte ${at.toLocaleString('en')} of ${total.toLocaleString('en')}.`;
  }
  if (!refused) return `${counted(total, 'bytes')}, exactly as the sender signed them.`;
  return `${counted(total, 'bytes')}, as the verifier takes them from the request.`;
}

function runElement({ bytes, part, mark, elided }) {
  if (elided) return el('span', { class: 'elided' }, ` … ${counted(elided, 'bytes')} more … `);
  if (part === 'secret') return el('span', { class: 'part-secret hidden-secret' }, 'secret');
  const pieces = visible(bytes, mark !== 'same').map(({ text, unseen }) => (unseen ? el('span', { class: text === '·' ? 'unseen blank' : 'unseen' }, text) : text));
  const name = mark === 'added' ? 'del' : mark === 'missing' ? 'ins' : 'span';
  return el(name, { class: `part-${part}` }, pieces);
}
