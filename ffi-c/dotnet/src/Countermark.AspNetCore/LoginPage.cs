using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Tasks;
using Countermark;
using Microsoft.AspNetCore.Http;

namespace Countermark.AspNetCore
{
    /// <summary>The two pages of a login. Everything that comes from outside is encoded.</summary>
    internal static class LoginPage
    {
        /// <summary>One for an ID that is unknown, one that is frozen, and every other refusal: the difference is nobody's business but its owner's.</summary>
        internal const string Refused = "The login could not be started. Check the SecSign ID, and in the app whether it is frozen.";

        /// <summary>Its owner has approved.</summary>
        internal const string NoAccount = "There is no account here for this SecSign ID.";

        /// <summary>Follows the login. What may pass is asked again a few times; meanwhile the button comes back, as for a browser without scripts.</summary>
        private const string Script = @"
const form = document.getElementById('pass');
const part = (name) => document.getElementById(name);
let failures = 0;
async function ask() {
  let login;
  try {
    const reply = await fetch(form.dataset.state, {
      method: 'POST',
      body: new URLSearchParams(new FormData(form)),
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout?.(15000),
    });
    if (reply.ok) login = await reply.json();
    // It does not go to the form by itself: that is a new visit, and ends the login that is open in another tab.
    else if (reply.status < 500 && ![408, 425, 429].includes(reply.status)) login = { state: 'invalid', final: true };
  } catch {}
  // Another server may stand between, with JSON of its own.
  if (typeof login?.state !== 'string') login = undefined;
  failures = login ? 0 : failures + 1;
  if (login) part('state').textContent = login.text || texts[login.state] || login.state;
  if (login && login.next) location.replace(login.next);
  else if (login && login.final) {
    part('again').hidden = false;
    // A button that is hidden loses the focus to the top of the page.
    if (form.contains(document.activeElement)) part('again').focus();
    part('cancel').hidden = part('check').hidden = true;
  } else {
    if (failures > 1) part('check').hidden = false;
    if (failures < 5) setTimeout(ask, 2000 * (failures + 1));
  }
}
part('check').hidden = true;
ask();";

        private static readonly string Texts = JsonSerializer.Serialize(
            Enum.GetValues(typeof(LoginOutcome)).Cast<LoginOutcome>().ToDictionary(outcome => Word(outcome), Say));

        /// <summary>How scripts name a state.</summary>
        internal static string Word(LoginOutcome outcome) => outcome.ToString().ToLowerInvariant();

        /// <summary>What visitors read.</summary>
        internal static string Say(LoginOutcome outcome) => outcome switch
        {
            LoginOutcome.Pending => "Waiting for your phone.",
            LoginOutcome.Fetched => "Your phone has the request.",
            LoginOutcome.Approved => "Confirmed, signing you in.",
            LoginOutcome.Denied => "The login was denied on the phone.",
            LoginOutcome.Expired => "Time is up: the phone did not answer.",
            LoginOutcome.Suspended => "Another login for this SecSign ID came in between. If the ID is frozen, activate it again in the app.",
            LoginOutcome.Canceled => "The login was canceled.",
            _ => "This login is not known any more.",
        };

        /// <summary>Asks for the SecSign ID.</summary>
        internal static Task AskAsync(HttpContext context, LoginSchemeOptions options, string? returnUrl, string message, int status) =>
            WriteAsync(context, status, "<h1>Log in with SecSign ID</h1><form method=\"post\" action=\"" + Address(context, options, "/begin") + "\">"
                + "<p role=\"alert\">" + Html(message) + "</p>"
                + Hidden("return", returnUrl)
                + "<label>SecSign ID <input name=\"secsignid\" autocomplete=\"username\" autofocus required></label> <button>Login</button></form>");

        /// <summary>Shows the access pass, and asks for the state.</summary>
        internal static Task ShowAsync(
            HttpContext context, LoginSchemeOptions options, string? returnUrl, string token, string? accessPass, string message, int status) =>
            WriteAsync(context, status, "<h1>Check your phone</h1><form id=\"pass\" method=\"post\" action=\"" + Address(context, options, "/cancel")
                + "\" data-state=\"" + Address(context, options, "/state") + "\">"
                + Hidden("token", token)
                + Hidden("return", returnUrl)
                + (accessPass == null ? string.Empty : "<p>Tap the symbol in the app that is the same as this one.</p><img alt=\"access pass\" src=\"" + Html(accessPass) + "\">")
                + "<p><output id=\"state\">" + Html(message) + "</output></p>"
                + "<button id=\"check\" formaction=\"" + Address(context, options, "/state") + "\">I have confirmed</button> <button id=\"cancel\">Cancel</button>"
                + "<a id=\"again\" href=\"" + Html(Start(context.Request.PathBase, options, returnUrl)) + "\" hidden>Start again</a></form>");

        /// <summary>Where a login starts that leads back to a page.</summary>
        internal static string Start(PathString pathBase, LoginSchemeOptions options, string? returnUrl) =>
            pathBase + options.Path + (string.IsNullOrEmpty(returnUrl) ? string.Empty : "?return=" + UrlEncoder.Default.Encode(returnUrl));

        private static Task WriteAsync(HttpContext context, int status, string form)
        {
            var random = new byte[16];
            RandomNumberGenerator.Fill(random);
            string nonce = Convert.ToBase64String(random);
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.Headers["Content-Security-Policy"] =
                "default-src 'none'; img-src data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; script-src 'nonce-" + nonce + "'";
            string script = form.Contains("id=\"pass\"", StringComparison.Ordinal) ? "<script nonce=\"" + nonce + "\">const texts = " + Texts + ";" + Script + "</script>" : string.Empty;
            return context.Response.WriteAsync("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>SecSign ID</title><main>" + form + "</main>" + script + "</html>");
        }

        private static string Address(HttpContext context, LoginSchemeOptions options, string below) =>
            Html((context.Request.PathBase + options.Path + below).ToString());

        private static string Hidden(string name, string? value) =>
            "<input type=\"hidden\" name=\"" + name + "\" value=\"" + Html(value ?? string.Empty) + "\">";

        private static string Html(string text) => HtmlEncoder.Default.Encode(text);
    }
}
