using System;
using System.IO;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Countermark;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Countermark.AspNetCore
{
    /// <summary>
    /// The login: a page that asks for the SecSign ID, one that shows the access pass and asks for the state, and the sign-in. The page holds only a
    /// sealed token, which opens with the visitor's own cookie; who logged in is what the server states.
    /// </summary>
    internal sealed class LoginHandler : AuthenticationHandler<LoginSchemeOptions>, IAuthenticationRequestHandler
    {
        /// <summary>More than any form of these pages.</summary>
        private const long FormBytes = 64 * 1024;
        private const string ReturnField = "return";
        private const string TokenField = "token";
        private const int BindingBytes = 16;

        /// <summary>Below the page. Of any case, as ASP.NET's own routes are.</summary>
        private static readonly string[] Forms = { "/begin", "/state", "/cancel" };

        /// <summary>As ASP.NET's own remote schemes call it.</summary>
        private const string SchemeItem = ".AuthScheme";
        private static readonly Regex Issued = new Regex("^[0-9A-F]{2}(-[0-9A-F]{2}){" + (BindingBytes - 1) + "}\\z", RegexOptions.CultureInvariant);
        private readonly LoginSites sites;
        private bool isAsking;

        public LoginHandler(IOptionsMonitor<LoginSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ISystemClock clock, LoginSites sites)
            : base(options, logger, encoder, clock)
        {
            this.sites = sites;
        }

        /// <summary>Over https with the prefix that browsers take from this host only: no neighbour under the same domain can plant one.</summary>
        private string CookieName => (Request.IsHttps ? "__Host-" : string.Empty) + "countermark." + Scheme.Name;

        /// <summary>As browsers do where a visitor goes somewhere, and what shows a page in their place. A script in the background does not.</summary>
        private bool AsksForPage => Request.Headers["Accept"].ToString().Contains("text/html", StringComparison.Ordinal);

        /// <summary>Not of another site, nor of a neighbour under the same domain, to which the cookie goes along. Old browsers have no
        /// <c>Sec-Fetch-Site</c>: theirs is the <c>Origin</c>, and not compared with the host, which a proxy may have changed.</summary>
        private bool IsOwnForm
        {
            get
            {
                string from = Request.Headers["Sec-Fetch-Site"], origin = Request.Headers["Origin"];
                if (!string.IsNullOrEmpty(from))
                {
                    // `none`: what the visitor does, and no page.
                    return from == "same-origin" || from == "none";
                }
                return string.IsNullOrEmpty(origin) || ReturnUrl.Safe(Options.SiteOrigin!, origin + "/", "/") != "/";
            }
        }

        /// <summary>The page that the visitor asked for; also as cookies say it whose <c>LoginPath</c> leads here.</summary>
        private string? Wanted => (string?)Request.Query[ReturnField] ?? Request.Query[CookieAuthenticationDefaults.ReturnUrlParameter];

        private LoginSite Site => sites.Get(Scheme.Name, Options);

        public async Task<bool> HandleRequestAsync()
        {
            if (!Request.Path.StartsWithSegments(Options.Path, out PathString rest))
            {
                return false;
            }
            bool isPage = !rest.HasValue && (HttpMethods.IsGet(Request.Method) || HttpMethods.IsHead(Request.Method));
            string? form = Array.Find(Forms, one => one.Equals(rest.Value, StringComparison.OrdinalIgnoreCase));
            if (!isPage && form == null)
            {
                // The site may have something of its own there.
                return false;
            }
            Response.Headers["Cache-Control"] = "no-store";
            // With `no-referrer` browsers say the origin of these pages' own forms as "null".
            Response.Headers["Referrer-Policy"] = "same-origin";
            Response.Headers["X-Content-Type-Options"] = "nosniff";
            try
            {
                switch (Request.Method + " " + form)
                {
                    // Whoever looks whether the page is there visits nothing.
                    case "HEAD ":
                        await LoginPage.AskAsync(Context, Options, null, string.Empty, StatusCodes.Status200OK);
                        return true;
                    case "GET " when Request.IsAhead():
                        // A new visit would end the login that is open.
                        Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                        return true;
                    case "GET ":
                        if (AsksForPage)
                        {
                            Bind();
                        }
                        await LoginPage.AskAsync(Context, Options, Wanted, string.Empty, StatusCodes.Status200OK);
                        return true;
                    case "POST /begin":
                        await WithFormAsync(BeginAsync);
                        return true;
                    case "POST /state":
                        await WithFormAsync(StateAsync);
                        return true;
                    case "POST /cancel":
                        await WithFormAsync(CancelAsync);
                        return true;
                    default:
                        Response.Headers["Allow"] = "POST";
                        await RefuseAsync(StatusCodes.Status405MethodNotAllowed, ErrorCode.UnknownHandle);
                        return true;
                }
            }
            catch (CountermarkException failure)
            {
                Log.LoginFailed(Logger, failure.Name, failure.Detail, null);
                string? target = Request.HasFormContentType ? (string?)Request.Form[ReturnField] : Wanted;
                if (form == "/state" && AsksForPage && IsSecondClick(failure) && (await Context.AuthenticateAsync(Options.SignInScheme)).Succeeded)
                {
                    SeeOther(ReturnTo(target ?? string.Empty));
                }
                else if (failure is ServerException && failure.HttpStatus < StatusCodes.Status500InternalServerError && !failure.IsRetryable)
                {
                    await LoginPage.AskAsync(Context, Options, target, LoginPage.Refused, StatusCodes.Status401Unauthorized);
                }
                else
                {
                    await LoginPage.AskAsync(Context, Options, target, failure.PublicMessage, failure.HttpStatus);
                }
                return true;
            }
        }

        /// <summary>On the page that the visitor is about to leave: the first has used the approval, and taken the cookie away. Whatever else is refused
        /// is another login than the one that the visitor may have, and has to be told.</summary>
        private bool IsSecondClick(CountermarkException failure) =>
            failure.Code == ErrorCode.AlreadyConsumed || (failure.Code == ErrorCode.UnknownHandle && string.IsNullOrEmpty(Request.Cookies[CookieName]));

        /// <summary>Who was signed in by this login, where a page asks for it by name. Else such a page would lead here again and again.</summary>
        protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (isAsking)
            {
                // A scheme that forwards back to this one, without an end.
                return AuthenticateResult.NoResult();
            }
            isAsking = true;
            AuthenticateResult kept = await Context.AuthenticateAsync(Options.SignInScheme);
            isAsking = false;
            return kept.Succeeded && kept.Properties.Items.TryGetValue(SchemeItem, out string? by) && by == Scheme.Name
                ? AuthenticateResult.Success(new AuthenticationTicket(kept.Principal, kept.Properties, Scheme.Name))
                : AuthenticateResult.NoResult();
        }

        protected override Task HandleChallengeAsync(AuthenticationProperties properties)
        {
            if (!AsksForPage)
            {
                // A script has no use for a login page.
                return base.HandleChallengeAsync(properties);
            }
            string target = properties.RedirectUri ?? (OriginalPathBase + OriginalPath + Request.QueryString);
            Response.Redirect(LoginPage.Start(OriginalPathBase, Options, target));
            return Task.CompletedTask;
        }

        private async Task WithFormAsync(Func<IFormCollection, Task> handle)
        {
            if (!IsOwnForm)
            {
                Log.LoginFailed(Logger, nameof(ErrorCode.UnknownHandle), "form of another origin than " + nameof(Options.SiteOrigin), null);
                await RefuseAsync(StatusCodes.Status403Forbidden, ErrorCode.UnknownHandle);
                return;
            }
            // What a browser makes of these pages' forms.
            if (!Request.HasFormContentType || !Request.ContentType.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            {
                await RefuseAsync(StatusCodes.Status415UnsupportedMediaType, ErrorCode.UnknownHandle);
                return;
            }
            if (Context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            {
                size.MaxRequestBodySize = FormBytes;
            }
            IFormCollection form;
            try
            {
                form = await Request.ReadFormAsync(Context.RequestAborted);
            }
            // Not a form, whatever its type says. What cannot be decoded is the other exception.
            catch (Exception failure) when (failure is InvalidDataException || failure is InvalidOperationException)
            {
                await RefuseAsync(StatusCodes.Status400BadRequest, ErrorCode.UnknownHandle);
                return;
            }
            catch (Exception failure) when (Refusals.OfBody(Context, failure) is int status)
            {
                await RefuseAsync(status, ErrorCode.UnknownHandle);
                return;
            }
            await handle(form);
        }

        private Task RefuseAsync(int status, ErrorCode code) => Refusals.AnswerAsync(Context, status, CountermarkException.Of(code).PublicMessage);

        private async Task BeginAsync(IFormCollection form)
        {
            string binding = Binding();
            string id = SecSignIds.Normalize(Field(form, "secsignid"));
            LoginSite site = Site;
            OpenLogin login = await site.Open.BeginAsync(binding, id, () => site.BeginAsync(binding, id));
            await LoginPage.ShowAsync(Context, Options, Field(form, ReturnField), login.Token, login.Picture, string.Empty, StatusCodes.Status200OK);
        }

        /// <summary>For the script of the page, and for a browser without one, which sends the form itself.</summary>
        private async Task StateAsync(IFormCollection form)
        {
            string token = Field(form, TokenField), target = Field(form, ReturnField), binding = Binding();
            using AuthSession session = Site.Sealer.Open(token, binding);
            string? picture = Site.Open.Picture(binding, session.SecSignId, token);
            LoginResult result;
            try
            {
                result = await Site.Open.AskAsync(token, () => Site.Client.CheckAsync(session, CancellationToken.None));
            }
            catch (CountermarkException failure) when (AsksForPage && failure.IsRetryable)
            {
                Log.LoginFailed(Logger, failure.Name, failure.Detail, null);
                await LoginPage.ShowAsync(Context, Options, target, token, picture, failure.PublicMessage, failure.HttpStatus);
                return;
            }
            catch (CountermarkException failure) when (!failure.IsRetryable)
            {
                // As when the ID server has forgotten it.
                Site.Open.Forget(binding, session.SecSignId, token);
                throw;
            }
            string state = LoginPage.Word(result.Outcome);
            string? next = null, text = null;
            if (!result.IsOpen)
            {
                Log.LoginEnded(Logger, result.Outcome.ToString(), null);
                Site.Open.Forget(binding, session.SecSignId, token);
            }
            if (result.SecSignId is string id)
            {
                if (await SignInAsync(id))
                {
                    next = ReturnTo(target);
                }
                else
                {
                    (state, text) = ("denied", LoginPage.NoAccount);
                }
            }
            if (!AsksForPage)
            {
                // The shape that <countermark-login> reads too.
                Response.ContentType = "application/json";
                await Response.WriteAsync(JsonSerializer.Serialize(new { state, final = !result.IsOpen, text, next }));
            }
            else if (next != null)
            {
                SeeOther(next);
            }
            else if (result.IsOpen)
            {
                await LoginPage.ShowAsync(Context, Options, target, token, picture, LoginPage.Say(result.Outcome), StatusCodes.Status200OK);
            }
            else if (text != null)
            {
                await LoginPage.AskAsync(Context, Options, target, text, StatusCodes.Status403Forbidden);
            }
            else
            {
                await LoginPage.AskAsync(Context, Options, target, LoginPage.Say(result.Outcome), StatusCodes.Status200OK);
            }
        }

        private async Task CancelAsync(IFormCollection form)
        {
            string token = Field(form, TokenField), binding = Binding();
            using AuthSession session = Site.Sealer.Open(token, binding);
            Site.Open.Forget(binding, session.SecSignId, token);
            Site.Open.ForgetAnswer(token);
            // Also for a browser that does not wait: the phone would go on asking.
            await Site.Client.CancelAsync(session, CancellationToken.None);
            Log.LoginEnded(Logger, nameof(LoginOutcome.Canceled), null);
            SeeOther(LoginPage.Start(OriginalPathBase, Options, Field(form, ReturnField)));
        }

        private string ReturnTo(string target)
        {
            string other = Options.DefaultReturnUrl.StartsWith('/') ? OriginalPathBase + Options.DefaultReturnUrl : Options.DefaultReturnUrl;
            return ReturnUrl.Safe(Options.SiteOrigin!, target, other);
        }

        private void SeeOther(string address)
        {
            Response.StatusCode = StatusCodes.Status303SeeOther;
            Response.Headers["Location"] = address;
        }

        private async Task<bool> SignInAsync(string id)
        {
            ClaimsPrincipal? account = Options.FindAccount == null ? Principal(id) : Options.FindAccount(id);
            if (account == null)
            {
                return false;
            }
            Response.Cookies.Delete(CookieName, Cookie());
            await Context.SignInAsync(Options.SignInScheme, account, new AuthenticationProperties { Items = { [SchemeItem] = Scheme.Name } });
            return true;
        }

        private ClaimsPrincipal Principal(string id) => new ClaimsPrincipal(new ClaimsIdentity(
            new[] { new Claim(ClaimTypes.NameIdentifier, id), new Claim(ClaimTypes.Name, id) }, Scheme.Name));

        /// <summary>What only this visitor's browser has.</summary>
        private string Binding()
        {
            string? value = Request.Cookies[CookieName];
            // Of the form that is given out here: what strangers make up takes no memory.
            return value != null && Issued.IsMatch(value) ? value : throw CountermarkException.Of(ErrorCode.UnknownHandle);
        }

        /// <summary>Anew with each form, so that one which somebody has planted before is worth nothing.</summary>
        private void Bind()
        {
            var random = new byte[BindingBytes];
            RandomNumberGenerator.Fill(random);
            string binding = BitConverter.ToString(random);
            Response.Cookies.Append(CookieName, binding, Cookie());
            if (Request.Cookies[CookieName] is string old)
            {
                LoginSite site = Site;
                // The page does not wait for the ID server, and what the visitor begins next does.
                site.Open.Leave(old, binding, login => WithdrawAsync(site, login, old));
            }
        }

        /// <summary>One that cannot be withdrawn expires.</summary>
        private async Task WithdrawAsync(LoginSite site, Task<OpenLogin> login, string binding)
        {
            try
            {
                string token = (await login).Token;
                site.Open.ForgetAnswer(token);
                using AuthSession session = site.Sealer.Open(token, binding);
                await site.Client.CancelAsync(session);
                Log.LoginEnded(Logger, nameof(LoginOutcome.Canceled), null);
            }
            catch (CountermarkException failure)
            {
                Log.LoginFailed(Logger, failure.Name, failure.Detail, null);
            }
        }

        private CookieOptions Cookie() => new CookieOptions
        {
            HttpOnly = true,
            IsEssential = true,
            // Not `Strict`: whoever came here by a link of another site would be a stranger, with a login open that nobody can end.
            SameSite = SameSiteMode.Lax,
            Secure = Request.IsHttps,
            // The prefix asks for the whole host. Else only these pages, as the browser sees their path.
            Path = Request.IsHttps ? "/" : (OriginalPathBase + Options.Path).ToString(),
        };

        private static string Field(IFormCollection form, string name) => (string?)form[name] ?? string.Empty;
    }
}
