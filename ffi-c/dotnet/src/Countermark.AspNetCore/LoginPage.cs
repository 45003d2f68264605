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
        private const string Script = @"
const form = document.getElementById('pass');
async function ask() {
  const reply = await fetch(form.dataset.state, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
  if (!reply.ok) { location.replace(form.dataset.start); return; }
  const login = await reply.json();
  form.querySelector('output').textContent = login.state;
  if (login.next) location.replace(login.next);
  else if (!login.final) setTimeout(ask, 2000);
}
ask();";

        /// <summary>Asks for the SecSign ID.</summary>
        internal static Task AskAsync(HttpContext context, LoginSchemeOptions options, string? returnUrl, string message, int status) =>
            WriteAsync(context, status, "<form method=\"post\" action=\"" + Address(context, options, "/begin") + "\">"
                + "<p role=\"alert\">" + Html(message) + "</p>"
                + Hidden("return", returnUrl)
                + "<label>SecSign ID <input name=\"secsignid\" autocomplete=\"username\" autofocus required></label> <button>Login</button></form>");

        /// <summary>Shows the access pass, and asks for the state.</summary>
        internal static Task ShowAsync(HttpContext context, LoginSchemeOptions options, string? returnUrl, string token, string? accessPass) =>
            WriteAsync(context, StatusCodes.Status200OK, "<form id=\"pass\" method=\"post\" action=\"" + Address(context, options, "/cancel")
                + "\" data-state=\"" + Address(context, options, "/state") + "\" data-start=\"" + Address(context, options, string.Empty) + "\">"
                + Hidden("token", token)
                + Hidden("return", returnUrl)
                + (accessPass == null ? string.Empty : "<img alt=\"access pass\" src=\"" + Html(accessPass) + "\">")
                + "<p><output>pending</output></p><button>Cancel</button></form>");

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
