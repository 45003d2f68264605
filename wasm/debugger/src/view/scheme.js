// What the table says about the scheme, and which others it may be.
import { el } from '../dom.js';
import { schemeOf } from '../schemes.js';
import { KEYS, span } from '../texts.js';

export function schemeCard(about, { detected, candidates }, { choose }) {
  const others = candidates.filter(({ scheme }) => scheme !== about.id).slice(0, 6);
  const facts = [
    ['Signature', about.signatureHeaders.join(', ') || 'in the query, the path or the body'],
    ['Signed', el('code', {}, about.signed)],
    ['Proof', { hmac: 'HMAC', hash: 'plain hash with the secret', token: 'the secret itself', ed25519: 'Ed25519', ecdsa_p256: 'ECDSA P-256', rsa_sha256: 'RSA with SHA-256' }[about.digest]],
    ['Secret', KEYS[about.key] ?? about.key],
    ['Age', about.maxAgeS ? `at most ${span(about.maxAgeS)}` : 'not signed'],
    ['Source', el('a', { href: about.source, target: '_blank', rel: 'noopener noreferrer' }, hostOf(about.source), el('span', { class: 'visually-hidden' }, ' (new tab)'))],
  ];
  return el('section', { class: 'card scheme', 'aria-labelledby': 'scheme-title' },
    el('h2', { id: 'scheme-title' }, about.title, detected && el('span', { class: 'chip possible' }, 'detected')),
    el('dl', { class: 'facts table' }, facts.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value)))),
    about.weakness && el('p', { class: 'weakness' }, el('strong', {}, 'Weakness of the scheme: '), `${about.weakness}.`),
    others.length > 0 && el('p', { class: 'others' }, 'Its headers would also fit: ',
      others.map(({ scheme }) => el('button', { type: 'button', class: 'small', onclick: () => choose(scheme) }, schemeOf(scheme).title))));
}

function hostOf(source) {
  try {
    return new URL(source).host;
  } catch {
    return source;
  }
}

