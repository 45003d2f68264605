// The pages of the sample site.

/** Text in a page: escaped, and put in by joining, so that `$&` in it means nothing. */
const escape = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const page = (title, content) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title></head>
<body><main><h1>${escape(title)}</h1>
${content}
</main></body></html>`;

const hidden = (name, value) => `<input type="hidden" name="${name}" value="${escape(value)}">`;

/** @param formToken says that the form comes from a page that this visitor got */
const form = (action, formToken, content) => `<form method="post" action="${action}">${hidden('form', formToken)}${content}</form>`;

const button = (label) => `<button>${escape(label)}</button>`;

export const loginForm = (formToken) =>
  page('Log in', form('/login', formToken, `<label>SecSign ID <input name="secsignid" autocomplete="username" required></label> ${button('Log in')}`));

/** The access pass, and a form that brings the session back. */
export function waiting(session, formToken) {
  const names = ['requestid', 'secsignid', 'authsessionid', 'servicename', 'serviceaddress'];
  const fields = names
    .filter((name) => session[name] !== undefined)
    .map((name) => hidden(name, session[name]))
    .join('');
  const icon = session.authsessionicondata;
  const picture = icon ? `<p><img alt="Access pass" width="88" height="88" src="data:image/png;base64,${escape(icon)}"></p>` : '';
  const buttons = form('/check', formToken, fields + button('OK')) + form('/cancel', formToken, fields + button('Cancel'));
  return page('Check your phone', `<p>Pick this symbol on your phone, ${escape(session.secsignid)}.</p>${picture}${buttons}`);
}

export const loggedIn = (secsignid, formToken) =>
  page('Welcome', `<p>You are logged in as ${escape(secsignid)}.</p>${form('/logout', formToken, button('Log out'))}`);
export const failed = (message) => page('Not logged in', `<p role="alert">${escape(message)}</p><p><a href="/">Start again</a></p>`);
