// The table of schemes, and a list to choose from.
import { el } from './dom.js';
import { listSchemes } from './engine.js';

export const schemes = listSchemes();

export const schemeOf = (id) => schemes.find((scheme) => scheme.id === id);

/** Whether it is signed with a private key and verified with a public one. */
export const hasKeyPair = ({ digest }) => /^(?:ed25519|ecdsa|rsa)/.test(digest);

/** Every scheme as an option, by its title. */
export function fillSchemes(select, ...first) {
  const sorted = [...schemes].sort((a, b) => a.title.localeCompare(b.title, 'en'));
  select.append(...first, ...sorted.map(({ id, title }) => el('option', { value: id }, title)));
}
