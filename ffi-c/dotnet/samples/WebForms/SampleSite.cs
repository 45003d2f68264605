using System;
using System.Collections.Generic;
using System.Configuration;
using System.Net.Http;
using System.Security.Cryptography;
using System.Web;
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

    /// <summary>What all pages share, made once from web.config.</summary>
    public static class SampleSite
    {
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

        public static string RandomText()
        {
            var random = new byte[16];
            using (var source = RandomNumberGenerator.Create())
            {
                source.GetBytes(random);
            }
            return Convert.ToBase64String(random);
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
