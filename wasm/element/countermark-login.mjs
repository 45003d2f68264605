// <countermark-login>: shows the access pass, and follows a login through the service's own endpoint. See README.md.
//
// It holds no handle and asks nobody but the service. Everything here is a convenience: the service decides, and the page's own
// forms inside the element work without it.

const SHEET = `
  :host { display: block; }
  :host([hidden]) { display: none; }
  .state { display: flex; flex-wrap: wrap; align-items: center; gap: .5em; margin: .75em 0; font-weight: 600; }
  .dot { width: .7em; height: .7em; border-radius: 50%; background: currentColor; }
  .left { margin-inline-start: auto; font-variant-numeric: tabular-nums; font-weight: 400; }
  .only-read { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  [hidden] { display: none; }
  @media (prefers-reduced-motion: no-preference) {
    :host([state=pending]) .dot { animation: wait 1.6s ease-in-out infinite; }
    @keyframes wait { 50% { opacity: .25; } }
  }`;

/** What is said where neither the service nor an attribute `text-…` has a text. */
const TEXTS = {
  pending: 'Waiting for your phone',
  fetched: 'Your phone has the request',
  approved: 'Confirmed, signing you in',
  denied: 'Denied on the phone',
  canceled: 'Canceled',
  expired: 'Time is up',
  suspended: 'Another login for this ID came in between. If the ID is frozen, activate it again in the app',
  invalid: 'This login is not known any more',
  failed: 'The login failed',
  lost: 'The connection is lost, trying again',
  unfollowed: 'Confirm on your phone, then press the button',
  soon: '30 seconds left',
};

/** Pause between two questions, how long one may take, and how many failures in a row end them. */
const POLL_MS = 2000;
const POLL_TIMEOUT_MS = 15_000;
const FAILURES_MAX = 5;

/** How long an answer may be due before it says that the connection is lost: of a moment without a network nobody need hear. */
const SILENCE_MS = 6000;

/** Statuses below 500 that say: not now. */
const LATER = new Set([408, 425, 429]);

/** How many times in a row a stream may break off without news. */
const BREAKS_MAX = 3;

/** How long a login lives where the page does not say it: nothing silent is followed for longer. */
const LIFE_MS = 120_000;

/** How long after its time the service may still say how the login has ended. */
const GRACE_MS = 5000;

/** When a form that was sent counts as answered by nothing, well beyond a slow answer: a click before it comes would send the form twice. */
const SENT_MS = 30_000;

/** When the time is said to be short, in seconds. */
const SOON_S = 30;

/** The address, if it is one of this service: none for that of another, nor for what is no address. */
function ownAddress(text) {
  try {
    const url = new URL(text, document.baseURI);
    return url.origin === location.origin ? url.href : undefined;
  } catch {
    return undefined;
  }
}

// A server that renders the page imports it too, and has no elements.
export class CountermarkLogin extends (globalThis.HTMLElement ?? class {}) {
  static observedAttributes = ['events', 'poll', 'left-ms', ...Object.keys(TEXTS).map((state) => `text-${state}`)];

  #status;
  #left;
  #read;
  #check;
  #deadline;
  #seconds;
  #events;
  #timers = new Set();
  /** The timer of the countdown. */
  #clock;
  /** The timer that says that the connection is lost, while an answer is due. */
  #silence;
  /** The last news: state and text. */
  #news;
  /** What is shown, in the same way. */
  #shown;
  #isOver = false;
  /** Changes with each time that the element comes into a page: what was asked before asks no more. */
  #round;

  connectedCallback() {
    if (!this.shadowRoot) this.#build();
    window.addEventListener('pagehide', this.#stop);
    window.addEventListener('pageshow', this.#comeBack);
    this.#follow();
  }

  /** A framework may set them once the element is in the page. Before that, nothing has begun. */
  attributeChangedCallback(name, before, after) {
    if (before === after) return;
    if (name === 'left-ms') this.#deadline = undefined;
    if (!this.shadowRoot || !this.isConnected) return;
    if (name === 'events' || name === 'poll') {
      this.#stop();
      this.#follow();
    } else if (name !== 'left-ms') {
      this.#show(...this.#shown);
      if (name === 'text-soon' && this.#read.textContent) this.#saySoon();
    } else if (!this.#isOver) this.#countDown();
  }

  disconnectedCallback() {
    this.#stop();
    window.removeEventListener('pagehide', this.#stop);
    window.removeEventListener('pageshow', this.#comeBack);
  }

  /** The state that was last told. */
  get state() {
    return this.getAttribute('state') ?? '';
  }

  #build() {
    // A sheet that is made here needs no permission for inline styles. Browsers that make none, such as Safari before 16.4, throw here, before
    // there is a shadow root: that would hide the page's own forms.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    const make = (name, attributes, ...children) => {
      const element = document.createElement(name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      element.append(...children);
      return element;
    };
    this.#status = make('span', { role: 'status', part: 'text' });
    this.#left = make('span', { class: 'left', part: 'left', 'aria-hidden': 'true' });
    this.#read = make('span', { class: 'only-read', role: 'status' });
    this.#check = make('slot', { name: 'check' });
    root.append(
      make('slot', { name: 'access-pass' }),
      make('slot', {}),
      make('div', { class: 'state', part: 'state' }, make('span', { class: 'dot', part: 'dot', 'aria-hidden': 'true' }), this.#status, this.#left, this.#read),
      this.#check,
      make('slot', { name: 'cancel' }),
    );
  }

  #follow() {
    this.#round = Symbol();
    this.#isOver = false;
    this.#hideCheck();
    this.#countDown();
    this.#news = ['pending'];
    this.#show(...this.#news);
    const source = ['events', 'poll'].find((name) => this.hasAttribute(name));
    const address = source && ownAddress(this.getAttribute(source));
    if (!address) this.#giveUp();
    else if (source === 'events') this.#listen(address);
    else this.#whenWhole(() => this.#ask(address, 0, this.#round), this.#round);
  }

  /** Whoever has the focus there goes on at the state, and not at the top of the page. */
  #hideCheck() {
    if (this.querySelector(':focus')?.closest('[slot=check]')) {
      this.#status.tabIndex = -1;
      this.#status.focus({ preventScroll: true });
    }
    this.#check.hidden = true;
  }

  /** An element that is still being parsed has no form yet. */
  #whenWhole(run, round) {
    if (document.readyState !== 'loading') return run();
    document.addEventListener('DOMContentLoaded', () => !this.#isOver && round === this.#round && run(), { once: true });
  }

  #listen(address) {
    const events = new EventSource(address);
    this.#events = events;
    let breaks = 0;
    events.addEventListener('open', () => this.#hear());
    events.addEventListener('state', ({ data }) => {
      breaks = 0;
      let news;
      try {
        news = JSON.parse(data);
      } catch {
        return this.#giveUp();
      }
      if (!this.#take(news)) this.#giveUp();
    });
    events.addEventListener('error', () => {
      breaks += 1;
      // The browser tries again by itself, without end, unless the service refused.
      if (breaks >= BREAKS_MAX || events.readyState === EventSource.CLOSED) this.#giveUp();
      else this.#expect();
    });
  }

  async #ask(address, failures, round) {
    let next = failures + 1;
    this.#expect();
    try {
      const form = this.#form();
      const fields = new URLSearchParams(form ? new FormData(form) : '');
      const reply = await fetch(address, {
        method: 'POST',
        body: fields,
        headers: { accept: 'application/json' },
        credentials: 'same-origin',
        redirect: 'error',
        signal: AbortSignal.timeout(POLL_TIMEOUT_MS),
      });
      if (reply.ok) {
        const news = await reply.json();
        if (round !== this.#round) return;
        // What is no news, such as an error that comes with 200, is a failure: else it is asked for without end.
        if (this.#take(news)) next = 0;
      } else if (reply.status < 500 && !LATER.has(reply.status)) next = FAILURES_MAX;
    } catch {
      // The network is away for a moment.
    }
    if (this.#isOver || round !== this.#round) return;
    if (next >= FAILURES_MAX) this.#giveUp();
    else this.#later(() => this.#ask(address, next, round), POLL_MS * (next + 1));
  }

  /** News of the service: `{state, final, text?, next?}`. Gives whether they are any. */
  #take(news) {
    const { state, final, text, next } = news ?? {};
    if (typeof state !== 'string') return false;
    if (!this.#isOver) this.#tell(state, final, text, next);
    return true;
  }

  /** An answer is due. What fails until there is one is said once, and not each time. */
  #expect() {
    this.#silence ??= this.#later(() => this.#show('lost'), SILENCE_MS);
  }

  /** The service is there: what it has said last holds. */
  #hear() {
    clearTimeout(this.#silence);
    this.#timers.delete(this.#silence);
    this.#silence = undefined;
    this.#show(...this.#news);
  }

  #tell(state, final, text, next) {
    this.#news = [state, text];
    this.#hear();
    const round = this.#round;
    this.dispatchEvent(new CustomEvent('countermark-state', { bubbles: true, composed: true, detail: { state, final: final === true } }));
    // Who hears it may take the element out of the page, or give it another login.
    if (final !== true || !this.isConnected || round !== this.#round) return;
    this.#stop();
    this.#read.textContent = '';
    const target = typeof next === 'string' && ownAddress(next);
    // The way back leads before this page, which would have to be sent again: it is the answer to a form, and no browser keeps it.
    if (target) return location.replace(target);
    // Only a POST with the page's own fields can turn an approval into a session. A field that must be filled in first stops it, and after an
    // answer such as 204 the page is still there: then the person has the button.
    const form = this.#form();
    const isSent = form?.noValidate || form?.matches(':valid');
    if (isSent) this.#later(() => (this.#check.hidden = false), SENT_MS);
    else this.#check.hidden = false;
    // The field that stops it takes the focus: not from whoever types elsewhere.
    if (isSent || this.#mayTakeFocus()) form?.requestSubmit();
  }

  /** Whether nothing outside the element has the focus. */
  #mayTakeFocus() {
    return document.activeElement === document.body || this.contains(this.getRootNode().activeElement);
  }

  /** Goes on as without JavaScript. */
  #giveUp() {
    this.#stop();
    // Nothing runs any more.
    this.#left.textContent = this.#read.textContent = '';
    this.#check.hidden = false;
    this.#show('unfollowed');
  }

  #show(state, text) {
    this.#shown = [state, text];
    this.setAttribute('state', state);
    const known = Object.hasOwn(TEXTS, state) ? TEXTS[state] : state;
    const words = typeof text === 'string' ? text : (this.getAttribute(`text-${state}`) ?? known);
    if (this.#status.textContent !== words) this.#status.textContent = words;
  }

  #countDown() {
    clearTimeout(this.#clock);
    this.#timers.delete(this.#clock);
    this.#left.textContent = this.#read.textContent = '';
    this.#seconds = undefined;
    // None or less is a time that is over; what is no number says nothing.
    const text = this.getAttribute('left-ms');
    const left = text?.trim() ? Number(text) : NaN;
    if (!Number.isFinite(left)) {
      this.#clock = this.#later(() => this.#giveUp(), LIFE_MS + GRACE_MS);
      return;
    }
    // An element that is moved comes in again; the login's time runs on.
    const deadline = (this.#deadline ??= performance.now() + left);
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((deadline - performance.now()) / 1000));
      this.#left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
      // A page in the background ticks seldom, so that second may never be seen.
      if (seconds <= SOON_S && (this.#seconds ?? seconds + 1) > SOON_S) this.#saySoon();
      this.#seconds = seconds;
      if (seconds > 0) this.#clock = this.#later(tick, 1000);
      // A service that is silent has lost the login, or the line to it.
      else this.#clock = this.#later(() => this.#giveUp(), GRACE_MS);
    };
    tick();
  }

  #saySoon() {
    const words = this.getAttribute('text-soon') ?? TEXTS.soon;
    // What is written again may be read out again.
    if (this.#read.textContent !== words) this.#read.textContent = words;
  }

  #form() {
    return this.querySelector('form[slot=check]');
  }

  #later(run, ms) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }

  #stop = () => {
    this.#isOver = true;
    this.#events?.close();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#silence = undefined;
  };

  /** Back from the browser's own cache: what is shown is old, so load the page anew. */
  #comeBack = ({ persisted }) => {
    if (persisted) location.reload();
  };
}

// Of two copies in a page the first one counts.
if (globalThis.customElements?.get('countermark-login') === undefined) globalThis.customElements?.define('countermark-login', CountermarkLogin);
