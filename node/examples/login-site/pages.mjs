// The pages of the sample site.

/** Text in a page: escaped, and put in by joining, so that `$&` in it means nothing. */
const escape = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const page = (title, content) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title></head>
<body><main><h1>${escape(title)}</h1>
${content}
</main></body></html>`;

const button = (action, label, fields = '') => `<form method="post" action="${action}">${fields}<button>${escape(label)}</button></form>`;

export const loginForm = () =>
  page('Log in', '<form method="post" action="/login"><label>SecSign ID <input name="secsignid" autocomplete="username" required></label> <button>Log in</button></form>');

/** The access pass, and a form that brings the session back. */
export function waiting(session) {
  const names = ['requestid', 'secsignid', 'authsessionid', 'servicename', 'serviceaddress'];
  const hidden = names
    .filter((name) => session[name] !== undefined)
    .map((name) => `<input type="hidden" name="${name}" value="${escape(session[name])}">`)
    .join('');
  const icon = session.authsessionicondata;
  const picture = icon ? `<p><img alt="Access pass" width="88" height="88" src="data:image/png;base64,${escape(icon)}"></p>` : '';
  return page('Check your phone', `<p>Pick this symbol on your phone, ${escape(session.secsignid)}.</p>${picture}${button('/check', 'OK', hidden)}${button('/cancel', 'Cancel', hidden)}`);
}

export const loggedIn = (secsignid) => page('Welcome', `<p>You are logged in as ${escape(secsignid)}.</p>${button('/logout', 'Log out')}`);
export const failed = (message) => page('Not logged in', `<p role="alert">${escape(message)}</p><p><a href="/">Start again</a></p>`);
