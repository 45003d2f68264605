// The pages of the sample site.

const escape = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const page = (title, content) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escape(title)}</title>
<link rel="icon" href="data:,"></head>
<body><main><h1>${escape(title)}</h1>
${content}
</main></body></html>`;

/** @param formToken says that the form comes from a page that this visitor got */
const form = (action, formToken, content, slot = '') =>
  `<form method="post" action="${action}"${slot && ` slot="${slot}"`}><input type="hidden" name="form" value="${escape(formToken)}">${content}</form>`;

const button = (label) => `<button>${escape(label)}</button>`;

export const loginForm = (formToken) =>
  page('Log in', form('/login', formToken, `<label>SecSign ID <input name="secsignid" autocomplete="username" required></label> ${button('Log in')}`));

/** @param follow how the element learns the state: `events` or `poll` */
export const waiting = ({ secsignId, accessPass, leftMs, follow, formToken }) =>
  page('Check your phone', `<countermark-login ${follow}="/login/${follow === 'poll' ? 'state' : 'events'}" left-ms="${leftMs}">
<img slot="access-pass" alt="Your access pass" width="88" height="88" src="${escape(accessPass)}">
<p>Pick this symbol on your phone, ${escape(secsignId)}.</p>
${form('/login/check', formToken, button('I have confirmed'), 'check')}
${form('/login/cancel', formToken, button('Cancel'), 'cancel')}
</countermark-login>
<script type="module" src="/countermark-login.mjs"></script>`);

export const loggedIn = (secsignId, formToken) =>
  page('Welcome', `<p>You are logged in as ${escape(secsignId)}.</p>${form('/logout', formToken, button('Log out'))}`);
const SUSPENDED = ' Another login for this ID came in between. If the ID is frozen, activate it again in the app.';
export const ended = (state) =>
  page('Not logged in', `<p role="alert">The login ended: ${escape(state)}.${state === 'suspended' ? SUSPENDED : ''}</p><p><a href="/">Start again</a></p>`);
export const failed = (message) => page('Not logged in', `<p role="alert">${escape(message)}</p><p><a href="/">Start again</a></p>`);
