// The tab that explains a request: reads the form, asks the core, shows the answer.
import { WebhookInspector, candidateSchemes, detectScheme, listErrors, readSavedRequest } from './engine.js';
import { readClock } from './clock.js';
import { byId, el, icon, revealer } from './dom.js';
import { EXAMPLES } from './examples.js';
import { readPaste } from './paste/index.js';
import { fillSchemes, schemeOf, schemes } from './schemes.js';
import { ENCODINGS, counted } from './texts.js';
import { renderResult } from './view/result.js';

const KEY_ID = 'secret';
const CR = 13;
/** The longest request, in bytes, that the text area shows whole. */
const SHOWN_MAX = 256 * 1024;
const utf8 = new TextEncoder();

export function startExplaining() {
  /** The bytes of a file, which a text area cannot hold. */
  let file;
  /** Whether the text area shows LF where the body had CR LF. */
  let hasLostCr = false;
  /** The answer that is shown. */
  let shown;
  let timer;
  const field = (id) => byId(id).value;

  fillSchemes(byId('scheme'), el('option', { value: '' }, 'Detect it'));
  byId('encoding').append(el('option', { value: '' }, 'as the scheme has it'), ...Object.entries(ENCODINGS).map(([value, text]) => el('option', { value }, text)));
  byId('example').append(...EXAMPLES.map(({ title }, at) => el('option', { value: String(at) }, title)));

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(update, 250);
  };
  byId('explain-form').addEventListener('submit', (event) => {
    event.preventDefault();
    update();
  });
  byId('explain-form').addEventListener('input', soon);
  byId('request').addEventListener('beforeinput', ({ target, inputType }) => {
    if (isAllSelected(target) && !inputType.startsWith('history')) forget();
  });
  byId('request').addEventListener('input', () => {
    hasLostCr = field('request') !== '' && (hasLostCr || Boolean(file && hasCrInBody(file.bytes)));
    file = undefined;
  });
  byId('request').addEventListener('paste', keepLineEnds);
  byId('open').addEventListener('click', () => byId('file').click());
  byId('file').addEventListener('change', ({ target }) => target.files[0] && take(target.files[0]));
  byId('clear').addEventListener('click', () => {
    byId('explain-form').reset();
    hide();
    byId('request').readOnly = false;
    forget();
    update();
    byId('request').focus();
  });
  const hide = revealer(byId('reveal'), byId('secret'));
  byId('example').addEventListener('change', ({ target }) => target.value && show(EXAMPLES[Number(target.value)].make()));
  takeDrops();
  const seen = leadTo(byId('result'), byId('jump'));
  update();
  return { show };

  /** Shows a request that was made here: `{text, secret, scheme}`. */
  function show({ text, secret, scheme = '' }) {
    const example = field('example');
    byId('explain-form').reset();
    hide();
    byId('example').value = example;
    hold(utf8.encode(text));
    byId('secret').value = secret;
    byId('scheme').value = scheme;
    update();
  }

  /** A text area turns CR LF into LF, so bytes that hold CR are kept beside it until somebody types. */
  function hold(bytes, { name, isPasted = false } = {}) {
    const isLong = bytes.length > SHOWN_MAX;
    byId('request').value = new TextDecoder().decode(bytes.subarray(0, SHOWN_MAX));
    // What is shown in part cannot be edited as a whole.
    byId('request').readOnly = isLong;
    file = { bytes, name, isPasted, label: isLong ? `${name ?? 'pasted'}, of which the beginning is shown` : name };
    hasLostCr = false;
  }

  /** What takes the place of all that was there has nothing to lose any more. */
  function forget() {
    file = undefined;
    hasLostCr = false;
  }

  function keepLineEnds(event) {
    const { value, selectionStart, selectionEnd, readOnly } = byId('request');
    const text = event.clipboardData?.getData('text/plain') ?? '';
    const replacesAll = isAllSelected(byId('request'));
    const pasted = () => utf8.encode(`${value.slice(0, selectionStart)}${text}${value.slice(selectionEnd)}`);
    // A text area takes seconds for a long text, and again at each key.
    const isLong = text.length > SHOWN_MAX && !readOnly;
    if (!isLong && !(replacesAll && (readOnly || text.includes('\r')))) {
      if (readOnly || !text) return;
      if (replacesAll) forget();
      else hasLostCr ||= text.includes('\r') && hasCrInBody(pasted());
      return;
    }
    event.preventDefault();
    hold(pasted(), { isPasted: true });
    soon();
  }

  async function take(chosen) {
    try {
      hold(new Uint8Array(await chosen.arrayBuffer()), { name: chosen.name });
    } catch {
      // Such as a folder. What was shown before is not of this one.
      return render({ kind: 'unreadable', message: `${chosen.name} is no file that can be read.` });
    }
    update();
  }

  function takeDrops() {
    const drop = byId('drop');
    const over = (is) => drop.classList.toggle('over', is);
    const holdsFile = ({ dataTransfer }) => dataTransfer.types.includes('Files');
    // A file or a link that misses the field must not replace the page. A text that is dragged to a field goes where it is dropped.
    const keepPage = (event) => (holdsFile(event) || !event.target.closest?.('input, textarea')) && event.preventDefault();
    window.addEventListener('dragover', keepPage);
    window.addEventListener('drop', keepPage);
    drop.addEventListener('dragenter', (event) => over(holdsFile(event)));
    drop.addEventListener('dragleave', ({ relatedTarget }) => drop.contains(relatedTarget) || over(false));
    drop.addEventListener('drop', (event) => {
      over(false);
      const [dropped] = event.dataTransfer.files;
      if (dropped) take(dropped);
    });
  }

  function bytesNow() {
    return file?.bytes ?? utf8.encode(field('request'));
  }

  function update() {
    clearTimeout(timer);
    const bytes = bytesNow();
    if (!bytes.some((byte) => byte > 32)) {
      note('');
      return render(file?.label ? { kind: 'unreadable', message: `${file.label} holds nothing but blanks and zero bytes, if anything.` } : { kind: 'empty' });
    }
    let request;
    try {
      request = readPaste(bytes, readSavedRequest);
    } catch (error) {
      note('');
      return render({ kind: 'unreadable', message: error.message });
    }
    const lost = hasLostCr && 'the text area has turned CR LF into LF (a file stays as it is)';
    note([file?.label, `${request.method}, ${counted(request.headers.length, 'headers')}, body of ${counted(request.body.length, 'bytes')}`, ...request.notes, lost].filter(Boolean).join(' · '));
    render(explain(request, bytes));
  }

  function explain({ method, url, headers, body }, bytes) {
    const request = { method, url: field('url').trim() || url, headers };
    const secret = field('secret');
    const nowMs = readClock(field('now'));
    if (nowMs === undefined) return { kind: 'problem', message: 'The clock is neither a number nor a date.' };
    const keys = [{ id: KEY_ID, secret, encoding: field('encoding') || undefined }];
    const candidates = candidateSchemes(request, body);
    const chosen = field('scheme');
    const scheme = chosen || (secret ? detectScheme(keys, request, body, nowMs) : candidates[0]?.scheme);
    if (!scheme) return { kind: 'unknown', count: schemes.length, headers };
    const about = schemeOf(scheme);
    if (!secret) return { kind: 'no-secret', about, detected: !chosen, candidates };
    const found = new WebhookInspector({ scheme, keys, checkTime: !byId('any-age').checked }).inspect(request, body, nowMs);
    const error = found.error && errorOf(found.error);
    const isProved = (name) => found.causes.some(({ kind, certainty }) => kind === name && certainty === 'proved');
    // Windows writes CR LF into its clipboard, so a server that has LF is not to blame.
    const mayBeClipboard = Boolean(file?.isPasted) && isProved('body_crlf');
    const mayBeTextArea = hasLostCr && isProved('body_lf');
    const sentLength = isProved('body_newline_added') ? lengthWithoutEnd(headers, body, bytes) : undefined;
    return { kind: 'explained', about, detected: !chosen, candidates, found, error, mayBeClipboard, mayBeTextArea, sentLength, anyAge: byId('any-age').checked };
  }

  function render(answer) {
    shown = answer;
    // The button that is pressed goes with the answer that it stands in, and the focus must not go with it.
    const action = (change) => (value) => {
      change(value);
      update();
      byId('result').focus({ preventScroll: true });
      byId('result').firstElementChild.scrollIntoView({ block: 'nearest' });
    };
    const spoken = renderResult(byId('result'), answer, {
      choose: action((scheme) => (byId('scheme').value = scheme)),
      withLf: action(() => hold(utf8.encode(new TextDecoder().decode(bytesNow()).replaceAll('\r\n', '\n')), file)),
      withoutEnd: action(() => {
        // The text may have changed since.
        update();
        if (shown.sentLength !== undefined) hold(bytesNow().slice(0, shown.sentLength - shown.found.bodyLength), file);
      }),
      anyAge: action(() => {
        byId('any-age').checked = true;
        byId('more').open = true;
      }),
    });
    if (byId('announce').textContent !== spoken) byId('announce').textContent = spoken;
    seen(answer);
  }

  /** A screen reader says it whenever it is set. */
  function note(text) {
    if (byId('request-note').textContent !== text) byId('request-note').textContent = text;
  }
}

const isAllSelected = ({ selectionStart, selectionEnd, value }) => selectionStart === 0 && selectionEnd === value.length;

/** Of a text that cannot be read, whether there is any. */
function hasCrInBody(bytes) {
  try {
    return readPaste(bytes, readSavedRequest).body.includes(CR);
  } catch {
    return bytes.includes(CR);
  }
}

/** The length that the request states, where its body ends the text and has a line break beyond that length. */
function lengthWithoutEnd(headers, body, bytes) {
  const stated = Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1]);
  const isEnd = body.every((byte, at) => byte === bytes[bytes.length - body.length + at]);
  return stated >= 0 && isEnd && /^\r?\n$/.test(String.fromCharCode(...body.subarray(stated).subarray(-3))) ? stated : undefined;
}

/** A link to the answer, while it is out of sight. */
function leadTo(result, jump) {
  let hasAnswer = false;
  let isSeen = false;
  const show = () => (jump.hidden = !hasAnswer || isSeen);
  new IntersectionObserver(([{ isIntersecting }]) => {
    isSeen = isIntersecting;
    show();
  }, { rootMargin: '0px 0px -20% 0px' }).observe(result);
  return ({ kind, error }) => {
    hasAnswer = kind === 'explained';
    jump.classList.toggle('bad', Boolean(error));
    jump.replaceChildren(error ? 'Refused: see why' : 'Verified: see what', icon('arrow'));
    show();
  };
}

const errors = listErrors();
const errorOf = (code) => errors.find(({ name }) => `CM_${name}` === code);
