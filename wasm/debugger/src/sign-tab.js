// The tab that signs a test request: the headers to send, and a curl line that sends them.
import { curlLine } from './curl-line.js';
import { byId, copyButton, el } from './dom.js';
import { fillSchemes, schemeOf } from './schemes.js';
import { rawRequest, sign } from './signing.js';
import { ENCODINGS, sentence } from './texts.js';

const utf8 = new TextEncoder();

/** @param explain takes `{text, secret, scheme}` to the other tab */
export function startSigning(explain) {
  const field = (id) => byId(id).value;
  const say = (words) => (byId('sign-announce').textContent = words);
  let timer;
  fillSchemes(byId('sign-scheme'));
  byId('sign-scheme').value = 'standard-webhooks';
  byId('sign-secret').value = demoSecret();
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
        url: field('sign-url').trim(),
        headers: headersOf(field('sign-headers')),
        body: utf8.encode(field('sign-body')),
        messageId: field('sign-id').trim() || randomId(),
      });
      place.replaceChildren(...cards(signed, { secret, scheme }));
      say(`Signed. ${signed.added.length} headers to send.`);
    } catch (error) {
      const about = schemeOf(scheme);
      const needs = error.code === 'CM_INVALID_SECRET' ? ` ${about.title} has secrets ${ENCODINGS[about.key] ?? `written as ${about.key}`}.` : '';
      const message = sentence(`${error.message}.${needs}`);
      place.replaceChildren(el('section', { class: 'card verdict bad' }, el('div', {}, el('h2', {}, 'Cannot be signed'), el('p', {}, message))));
      say(message);
    }
  }

  function cards(request, { secret, scheme }) {
    const list = request.added.map(([name, value]) => `${name}: ${value}`).join('\n');
    const line = curlLine(request);
    return [
      el('section', { class: 'card', 'aria-labelledby': 'curl-title' },
        el('div', { class: 'label-row' }, el('h2', { id: 'curl-title' }, 'As a curl line'), copyButton(line, 'Copy')),
        el('pre', { class: 'code', id: 'curl', tabindex: '0' }, line),
        el('p', { class: 'hint' }, 'This page cannot send it. A handler to try it on: ', el('code', {}, `countermark webhook listen --scheme ${scheme} --secret-env SECRET`))),
      el('section', { class: 'card', 'aria-labelledby': 'headers-title' },
        el('div', { class: 'label-row' }, el('h2', { id: 'headers-title' }, 'Headers to send'), list && copyButton(list, 'Copy')),
        el('pre', { class: 'code', id: 'sign-result', tabindex: '0' }, list || 'none: the signature is in the address or in the body'),
        el('button', { type: 'button', class: 'secondary', onclick: () => explain({ text: rawRequest(request), secret, scheme }) }, 'Explain this request')),
    ];
  }
}

function headersOf(lines) {
  return lines.split('\n').flatMap((line) => {
    const [, name, value] = /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    return name ? [[name, value]] : [];
  });
}

const hex = (length) => Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => byte.toString(16).padStart(2, '0')).join('');
const randomId = () => `msg_${hex(12)}`;
const demoSecret = () => `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(24))))}`;
