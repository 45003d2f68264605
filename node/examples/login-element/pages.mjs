// The pages of the sample site.

const escape = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const page = (title, content) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escape(title)}</title>
<link rel="icon" href="data:,"></head>
<body><main><h1>${escape(title)}</h1>
${content}
</main></body></html>`;

const button = (action, label, slot = '') => `<form method="post" action="${action}"${slot && ` slot="${slot}"`}><button>${escape(label)}</button></form>`;

export const loginForm = () =>
  page('Log in', '<form method="post" action="/login"><label>SecSign ID <input name="secsignid" autocomplete="username" required></label> <button>Log in</button></form>');

/** @param follow how the element learns the state: `events` or `poll` */
export const waiting = ({ secsignId, accessPass, leftMs, follow }) =>
  page('Check your phone', `<countermark-login ${follow}="/login/${follow === 'poll' ? 'state' : 'events'}" left-ms="${leftMs}">
<img slot="access-pass" alt="Your access pass" width="88" height="88" src="${escape(accessPass)}">
<p>Pick this symbol on your phone, ${escape(secsignId)}.</p>
${button('/login/check', 'I have confirmed', 'check')}
${button('/login/cancel', 'Cancel', 'cancel')}
</countermark-login>
<script type="module" src="/countermark-login.mjs"></script>`);

export const loggedIn = (secsignId) => page('Welcome', `<p>You are logged in as ${escape(secsignId)}.</p>${button('/logout', 'Log out')}`);
export const ended = (state) => page('Not logged in', `<p role="alert">The login ended: ${escape(state)}.</p><p><a href="/">Start again</a></p>`);
export const failed = (message) => page('Not logged in', `<p role="alert">${escape(message)}</p><p><a href="/">Start again</a></p>`);
