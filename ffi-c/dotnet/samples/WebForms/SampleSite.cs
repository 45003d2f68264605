using System;
using System.Collections.Generic;
using System.Configuration;
using System.Net.Http;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using System.Web;
using System.Web.Security;
using System.Web.UI;
using Countermark;

namespace WebFormsSample
{
    /// <summary>An account of the site.</summary>
    public sealed class Account
    {
        public static readonly Account None = new Account { FirstName = string.Empty, LastName = string.Empty };

        public string FirstName { get; set; }

        public string LastName { get; set; }
    }

    /// <summary>
    /// What the ID server said of a visitor's login. The end of a login holds for the rest of its life: an approval is given out once, and its answer
    /// may be lost, or be the first of two clicks, of which the browser reads the last. Else it is asked again, and not at once: whoever comes too soon
    /// waits, since an answer from before would tell somebody who has just confirmed that they have not.
    /// </summary>
    public sealed class Answer
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
        private static readonly TimeSpan EndHolds = TimeSpan.FromMinutes(2);
        private readonly LoginResult result;
        private readonly CountermarkException failure;
        private readonly DateTime asked = DateTime.UtcNow;

        public Answer(Func<LoginResult> ask)
        {
            try
            {
                result = ask();
            }
            catch (CountermarkException failed)
            {
                failure = failed;
            }
        }

        public bool Holds
        {
            get { return result != null && !result.IsOpen && DateTime.UtcNow < asked + EndHolds; }
        }

        /// <summary>Until the next question.</summary>
        public void Wait()
        {
            TimeSpan rest = asked + Pause - DateTime.UtcNow;
            if (rest > TimeSpan.Zero)
            {
                Thread.Sleep(rest < Pause ? rest : Pause);
            }
        }

        public LoginResult Get()
        {
            if (failure != null)
            {
                throw failure;
            }
            return result;
        }
    }

    /// <summary>What all pages share, made once from web.config.</summary>
    public static class SampleSite
    {
        public const string FormField = "__FORM";

        public static readonly MemoryReplayStore Store = new MemoryReplayStore();

        public static readonly LoginClient Client = new LoginClient(
            new HttpClient(LoginClient.CreateHandler()),
            new LoginOptions { Server = Setting("IdServer"), ServiceName = Setting("ServiceName"), ServiceAddress = Setting("ServiceAddress") },
            Store);

        public static readonly SignedQueryVerifier OneLogin = MakeOneLogin();

        private static readonly Dictionary<string, Account> Accounts = new Dictionary<string, Account>(StringComparer.OrdinalIgnoreCase)
        {
            { "jane.doe@example.com", new Account { FirstName = "Jane", LastName = "Doe" } },
        };

        /// <summary>No page is framed, kept by a cache, read as another type, or told to another site.</summary>
        public static void Protect(HttpResponse response)
        {
            response.Cache.SetCacheability(HttpCacheability.NoCache);
            response.Cache.SetNoStore();
            response.AddHeader("Content-Security-Policy", "default-src 'none'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
            response.AddHeader("Referrer-Policy", "no-referrer");
            response.AddHeader("X-Content-Type-Options", "nosniff");
        }

        /// <summary>What a browser fetches before anybody has asked for it.</summary>
        public static bool IsAhead(HttpRequest request)
        {
            string purpose = request.Headers["Sec-Purpose"];
            return purpose != null && purpose.StartsWith("prefetch", StringComparison.Ordinal);
        }

        /// <summary>Waits off the request's context: what a store awaits there would wait for this very thread.</summary>
        public static T Wait<T>(Func<Task<T>> call)
        {
            return Task.Run(call).GetAwaiter().GetResult();
        }

        public static void Wait(Func<Task> call)
        {
            Task.Run(call).GetAwaiter().GetResult();
        }

        /// <summary>
        /// The ticket is signed by ASP.NET. The session that the browser had before may be one that somebody has planted, and shares: the members' pages
        /// begin a new one.
        /// </summary>
        public static void SignIn(Page page, string name)
        {
            if (page.Request.IsAuthenticated && page.User.Identity.Name == name)
            {
                // A second click.
                return;
            }
            SetCookie(page.Request, page.Response, FormsAuthentication.GetAuthCookie(name, false), string.Empty);
            DropSession(page);
        }

        /// <summary>The <c>HttpCookie</c> of Mono and of older .NET knows no SameSite, and Mono sends its ticket without HttpOnly. Not <c>Strict</c>: whoever
        /// came here by a link of another site would be a stranger, with a login open that nobody can end.</summary>
        public static void SetCookie(HttpRequest request, HttpResponse response, HttpCookie cookie, string more)
        {
            string domain = string.IsNullOrEmpty(cookie.Domain) ? string.Empty : "; Domain=" + cookie.Domain;
            string secure = cookie.Secure || request.IsSecureConnection ? "; Secure" : string.Empty;
            response.AppendHeader("Set-Cookie", cookie.Name + "=" + cookie.Value + "; Path=" + cookie.Path + domain + "; HttpOnly; SameSite=Lax" + secure + more);
        }

        /// <summary>Not <c>Response.Redirect</c>: Mono drops what <see cref="Protect"/> and <see cref="SetCookie"/> have added. The page shows nothing more.</summary>
        public static void SeeOther(Page page, string address)
        {
            page.Response.StatusCode = 303;
            page.Response.RedirectLocation = address;
            page.Visible = false;
        }

        /// <summary>Else the next session has the name of this one.</summary>
        public static void DropSession(Page page)
        {
            page.Response.Cookies.Add(new HttpCookie("ASP.NET_SessionId", string.Empty));
        }

        public static string Random()
        {
            var random = new byte[16];
            using (var source = RandomNumberGenerator.Create())
            {
                source.GetBytes(random);
            }
            return BitConverter.ToString(random).Replace("-", string.Empty);
        }

        /// <summary>In a time that tells nothing of the texts.</summary>
        public static bool AreEqual(string one, string other)
        {
            if (one == null || other == null || one.Length != other.Length)
            {
                return false;
            }
            int different = 0;
            for (int at = 0; at < one.Length; at++)
            {
                different |= one[at] ^ other[at];
            }
            return different == 0;
        }

        /// <summary>
        /// Puts a token into the form that only this visitor's page has. The view state is no protection: Mono takes that of other visitors, and every
        /// ASP.NET takes a form from the query of an address.
        /// </summary>
        public static void AddToken(Page page)
        {
            if (page.Session[FormField] == null)
            {
                page.Session[FormField] = Random();
            }
            page.ClientScript.RegisterHiddenField(FormField, (string)page.Session[FormField]);
        }

        public static bool HasToken(Page page)
        {
            return page.Request.HttpMethod == "POST" && AreEqual(page.Request.Form[FormField], (string)page.Session[FormField]);
        }

        public static Account FindAccount(string email)
        {
            Account account;
            return email != null && Accounts.TryGetValue(email, out account) ? account : Account.None;
        }

        private static SignedQueryVerifier MakeOneLogin()
        {
            var options = new SignedQueryOptions { Profile = SignedQueryProfile.LegacyOneLoginStrict };
            options.Keys.Add(new SignedQueryKey("onelogin", Setting("OneLoginToken")));
            return new SignedQueryVerifier(options);
        }

        private static string Setting(string name)
        {
            return ConfigurationManager.AppSettings[name];
        }
    }
}
