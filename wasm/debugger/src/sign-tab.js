// The tab that signs a test request: the headers to send, and a curl line that sends them.
import { curlLine } from './curl-line.js';
import { byId, copyButton, el, revealer } from './dom.js';
import { fillSchemes, hasKeyPair, schemeOf } from './schemes.js';
import { rawRequest, sign } from './signing.js';
import { KEYS, counted, sentence } from './texts.js';

const utf8 = new TextEncoder();

/** @param explain takes `{text, secret, scheme}` to the other tab */
export function startSigning(explain) {
  const field = (id) => byId(id).value;
  const say = (words) => (byId('sign-announce').textContent = words);
  let timer;
  fillSchemes(byId('sign-scheme'));
  byId('sign-scheme').value = 'standard-webhooks';
  byId('sign-secret').value = demoSecret();
  revealer(byId('sign-reveal'), byId('sign-secret'));
  byId('sign-form').addEventListener('submit', (event) => {
    event.preventDefault();
    update();
  });
  byId('sign-form').addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(update, 250);
  });
  byId('tab-sign').addEventListener('click', update);
  update();

  function update() {
    clearTimeout(timer);
    const place = byId('signed');
    const scheme = field('sign-scheme');
    const secret = field('sign-secret');
    try {
      const signed = sign({
        scheme,
        secret,
        method: field('sign-method').trim() || 'POST',
        url: addressOf(field('sign-url').trim()),
        headers: headersOf(field('sign-headers')),
        body: utf8.encode(field('sign-body')),
        messageId: field('sign-id').trim() || randomId(),
      });
      place.replaceChildren(...cards(signed, { secret, scheme }));
      say(`Signed. ${counted(signed.added.length, 'headers')} to send.`);
    } catch (error) {
      const about = schemeOf(scheme);
      // Of a pair the table knows the form of the public key only.
      const needs = error.code === 'CM_INVALID_SECRET' && !hasKeyPair(about) ? ` ${about.title} has secrets ${KEYS[about.key] ?? `written as ${about.key}`}.` : '';
      const message = sentence(`${error.message}.${needs}`);
      place.replaceChildren(el('section', { class: 'card verdict bad' }, el('div', {}, el('h2', {}, 'Cannot be signed'), el('p', {}, message))));
      say(message);
    }
  }

  function cards(request, { secret, scheme }) {
    const list = request.added.map(([name, value]) => `${name}: ${value}`).join('\n');
    const line = curlLine(request);
    const isPair = hasKeyPair(schemeOf(scheme));
    return [
      el('section', { class: 'card', 'aria-labelledby': 'curl-title' },
        el('div', { class: 'label-row' }, el('h2', { id: 'curl-title' }, 'As a curl line'), copyButton(line, 'Copy')),
        el('pre', { class: 'code', id: 'curl', tabindex: '0' }, line),
        el('p', { class: 'hint' }, 'This page cannot send it. A handler to try it on: ', el('code', {}, `countermark webhook listen --scheme ${scheme} --secret-env SECRET`))),
      el('section', { class: 'card', 'aria-labelledby': 'headers-title' },
        el('div', { class: 'label-row' }, el('h2', { id: 'headers-title' }, 'Headers to send'), list && copyButton(list, 'Copy')),
        el('pre', { class: 'code', id: 'sign-result', tabindex: '0' }, list || 'none: the signature is in the address or in the body'),
        el('button', { type: 'button', class: 'secondary', onclick: () => explain({ text: rawRequest(request), secret: isPair ? '' : secret, scheme }) }, 'Explain this request'),
        isPair && el('p', { class: 'hint' }, 'It is verified with the public key, which this page does not know: add it there.')),
    ];
  }
}

/** `https:///hook` is one without a host, though a browser would take `hook` for it. */
const isWhole = (url) => /^https?:\/\/[^/?#\\]/i.test(url) && URL.canParse(url);

/** The URL as curl sends it, since that is what the handler verifies. */
function addressOf(url) {
  if (!isWhole(url)) throw new Error('the URL has no host: write it as http://127.0.0.1:8700/hooks');
  const address = new URL(url);
  // Name and password are sent in a header, if at all.
  Object.assign(address, { hash: '', username: '', password: '' });
  return address.href;
}

function headersOf(lines) {
  return lines.split('\n').filter((line) => line.trim()).map((line) => {
    const [, name, value] = /^\s*([\w!#$%&'*+.^`|~-]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (!name) throw new Error(`“${line.trim()}” is no header such as X-GitHub-Event: push`);
    if (/^(?:content-length|transfer-encoding)$/i.test(name)) throw new Error(`${name} is what curl itself makes of the body: leave it out`);
    return [name, value];
  });
}

const hex = (length) => Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => byte.toString(16).padStart(2, '0')).join('');
const randomId = () => `msg_${hex(12)}`;
const demoSecret = () => `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(24))))}`;
