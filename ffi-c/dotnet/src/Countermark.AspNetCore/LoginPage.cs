using System;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Threading.Tasks;
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

        /// <summary>Follows the login. What may pass is asked again a few times, then the button comes back, as for a browser without scripts.</summary>
        private const string Script = @"
const form = document.getElementById('pass');
const part = (name) => document.getElementById(name);
let failures = 0;
async function ask() {
  let login;
  try {
    const reply = await fetch(form.dataset.state, { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { accept: 'application/json' } });
    if (reply.ok) login = await reply.json();
    else if (reply.status < 500 && reply.status !== 429) return location.replace(form.dataset.start);
  } catch {}
  failures = login ? 0 : failures + 1;
  if (login) part('state').textContent = login.text || login.state;
  if (login && login.next) location.replace(login.next);
  else if (login && login.final) {
    part('cancel').hidden = true;
    part('again').hidden = false;
  } else if (failures < 5) setTimeout(ask, 2000 * (failures + 1));
  else part('check').hidden = false;
}
part('check').hidden = true;
ask();";

        /// <summary>Asks for the SecSign ID.</summary>
        internal static Task AskAsync(HttpContext context, LoginSchemeOptions options, string? returnUrl, string message, int status) =>
            WriteAsync(context, status, "<form method=\"post\" action=\"" + Address(context, options, "/begin") + "\">"
                + "<p role=\"alert\">" + Html(message) + "</p>"
                + Hidden("return", returnUrl)
                + "<label>SecSign ID <input name=\"secsignid\" autocomplete=\"username\" autofocus required></label> <button>Login</button></form>");

        /// <summary>Shows the access pass, and asks for the state.</summary>
        internal static Task ShowAsync(
            HttpContext context, LoginSchemeOptions options, string? returnUrl, string token, string? accessPass, string message, int status) =>
            WriteAsync(context, status, "<form id=\"pass\" method=\"post\" action=\"" + Address(context, options, "/cancel")
                + "\" data-state=\"" + Address(context, options, "/state") + "\" data-start=\"" + Html(Start(context.Request.PathBase, options, returnUrl)) + "\">"
                + Hidden("token", token)
                + Hidden("return", returnUrl)
                + (accessPass == null ? string.Empty : "<img alt=\"access pass\" src=\"" + Html(accessPass) + "\">")
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
            string script = form.Contains("id=\"pass\"", StringComparison.Ordinal) ? "<script nonce=\"" + nonce + "\">" + Script + "</script>" : string.Empty;
            return context.Response.WriteAsync("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>SecSign ID</title><main>" + form + "</main>" + script + "</html>");
        }

        private static string Address(HttpContext context, LoginSchemeOptions options, string below) =>
            Html((context.Request.PathBase + options.Path + below).ToString());

        private static string Hidden(string name, string? value) =>
            "<input type=\"hidden\" name=\"" + name + "\" value=\"" + Html(value ?? string.Empty) + "\">";

        private static string Html(string text) => HtmlEncoder.Default.Encode(text);
    }
}
