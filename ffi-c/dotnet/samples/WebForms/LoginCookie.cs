using System;
using System.Security.Cryptography;
using System.Text;
using System.Web;
using System.Web.Caching;
using Countermark;

namespace WebFormsSample
{
    /// <summary>A visitor's login. One request of this visitor at a time has its lock.</summary>
    public sealed class OpenLogin
    {
        /// <summary>Null once the login has ended.</summary>
        public AuthSession Session { get; set; }

        public string Picture { get; set; }

        public Answer Answer { get; set; }

        public void End()
        {
            Session = null;
            Picture = null;
        }
    }

    /// <summary>
    /// What only the browser has that begins a login. Not the ASP.NET session: somebody may have planted one, and would share the login and its
    /// approval. Each form that asks for an ID comes with a new cookie, so that one which was there before is worth nothing.
    /// </summary>
    public sealed class LoginCookie
    {
        /// <summary>More than the ID server keeps a login.</summary>
        private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);
        private readonly HttpRequest request;
        private readonly HttpResponse response;
        private string value;

        public LoginCookie(HttpRequest request, HttpResponse response)
        {
            this.request = request;
            this.response = response;
            HttpCookie cookie = request.Cookies[Name];
            value = cookie == null ? string.Empty : cookie.Value ?? string.Empty;
        }

        /// <summary>For the form. Another site cannot know it, nor whoever planted a cookie.</summary>
        public string FormToken
        {
            get { return Hash("form"); }
        }

        /// <summary>Over https with the prefix that browsers take from this host only.</summary>
        private string Name
        {
            get { return request.IsSecureConnection ? "__Host-login" : "login"; }
        }

        /// <summary>Whether the form came from a page that this visitor got with this cookie.</summary>
        public bool Sent(string formToken)
        {
            return value.Length > 0 && SampleSite.AreEqual(formToken, FormToken);
        }

        public OpenLogin FindOrAdd()
        {
            var made = new OpenLogin();
            return (OpenLogin)HttpRuntime.Cache.Add(Hash("login"), made, null, Cache.NoAbsoluteExpiration, Life, CacheItemPriority.Normal, null) ?? made;
        }

        /// <summary>Whoever still has the cookie gets no answer any more.</summary>
        /// <returns>The login that was begun with it; null if there is none.</returns>
        public OpenLogin Remove()
        {
            return (OpenLogin)HttpRuntime.Cache.Remove(Hash("login"));
        }

        public void Renew()
        {
            value = SampleSite.Random();
            SampleSite.SetCookie(request, response, new HttpCookie(Name, value), string.Empty);
        }

        public void Forget()
        {
            Remove();
            SampleSite.SetCookie(request, response, new HttpCookie(Name, string.Empty), "; Max-Age=0");
        }

        /// <summary>The server keeps no cookie, and a page holds none.</summary>
        private string Hash(string purpose)
        {
            using (SHA256 sha = SHA256.Create())
            {
                return purpose + " " + Convert.ToBase64String(sha.ComputeHash(Encoding.UTF8.GetBytes(purpose + " " + value)));
            }
        }
    }
}
