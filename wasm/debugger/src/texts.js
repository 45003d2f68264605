// What the page says about the words of the core: it has none of its own about protocols.

/** Checks in their order. */
export const CHECKS = {
  secret: ['Secret', 'a key can be used'],
  context: ['Context', 'the body is not too long, and what the scheme signs is known'],
  presence: ['Presence', 'headers and parameters are there, once'],
  form: ['Form', 'they are well formed, the signature too'],
  time_form: ['Form of the time', 'the time can be read'],
  signature: ['Signature', 'a key proves it'],
  time_window: ['Age', 'the signed time is near enough'],
};

export const STATES = { passed: 'passed', failed: 'failed', not_reached: 'not reached' };

export const CERTAINTIES = {
  proved: 'The signature matches once this is undone, or it is in plain sight',
  likely: 'The request shows signs of it',
  possible: 'The request does not rule it out',
};

export const PARTS = {
  literal: 'text of the scheme',
  id: 'message id',
  timestamp: 'time',
  body: 'body',
  body_sha256: 'SHA-256 of the body',
  body_crc32: 'CRC-32 of the body',
  method: 'method',
  url: 'URL',
  url_without_query: 'URL without query',
  path: 'path',
  query: 'query',
  form: 'form',
  parameter: 'parameter',
  header: 'header',
  secret: 'secret',
  item: 'items',
};

export const ENCODINGS = {
  utf8: 'as text',
  whsec: 'as whsec_… (base64)',
  base64: 'in base64',
  base64url: 'in base64url',
  hex: 'in hex',
};

/** How a key is written: what one can choose, and what only some schemes have. */
export const KEYS = {
  ...ENCODINGS,
  'hexkey:hexsalt': 'as key, colon, salt, both in hex',
  ed25519_public_hex: 'as an Ed25519 public key in hex',
  'botid:ed25519_hex': 'as bot id, colon, Ed25519 public key in hex',
  spki_der_base64: 'as a public key (SPKI), its DER in base64',
  'webhookid:x509_pem': 'as webhook id, colon, certificate (PEM)',
};

/** What to ask for where the key has an id or a salt with it. */
export const ASKED = {
  'hexkey:hexsalt': 'key, a colon and the salt',
  'botid:ed25519_hex': 'bot id, a colon and the public key',
  'webhookid:x509_pem': 'webhook id, a colon and the certificate',
};

/** `time_form` as words. */
export const titled = (name) => sentence(name.replaceAll('_', ' '));

export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** `300` seconds as people say it. */
export function span(seconds) {
  const size = Math.abs(seconds);
  const [unit, length] = [['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]].find(([, length]) => size >= length) ?? ['second', 1];
  const count = Math.floor(size / length);
  return `${count.toLocaleString('en')} ${unit}${count === 1 ? '' : 's'}`;
}

/** How much, such as `+2 bytes`; empty without a unit. */
export function amountOf({ unit, amount, kind }) {
  if (!unit) return '';
  if (kind === 'clock_skew') return `${span(amount)} ${amount < 0 ? 'old' : 'ahead of the clock'}`;
  if (unit === 'offset') return `at byte ${amount.toLocaleString('en')}`;
  const sign = amount > 0 && unit === 'bytes' ? '+' : amount < 0 ? '−' : '';
  return `${sign}${counted(Math.abs(amount), unit)}`;
}

/** `1 byte`, `2 bytes`. */
export const counted = (count, unit) => `${count.toLocaleString('en')} ${count === 1 ? (ONE[unit] ?? unit) : unit}`;

const ONE = { bytes: 'byte', headers: 'header', seconds: 'second', copies: 'copy', characters: 'character', hours: 'hour' };
