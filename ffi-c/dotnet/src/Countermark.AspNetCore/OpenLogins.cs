using System;
using System.Threading.Tasks;
using Microsoft.Extensions.Caching.Memory;

namespace Countermark.AspNetCore
{
    /// <summary>
    /// The logins that visitors of this process have open: a form that is sent again, by a second click or a reload, shows the same one. Another
    /// would be refused as Busy.
    /// </summary>
    internal sealed class OpenLogins : IDisposable
    {
        /// <summary>As long as the ID server keeps a login.</summary>
        private static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

        /// <summary>A token and a picture are some 6 KB. One login more is begun, and not shown again.</summary>
        private const int Most = 2_000;

        private readonly MemoryCache logins = new MemoryCache(new MemoryCacheOptions { SizeLimit = Most });

        public void Dispose() => logins.Dispose();

        /// <summary>The login of this visitor for this ID; begins it if there is none, and to its end whether or not the visitor still waits.</summary>
        internal async Task<OpenLogin> BeginAsync(string binding, string id, Func<Task<OpenLogin>> begin)
        {
            Task<OpenLogin> login;
            lock (logins)
            {
                if (!logins.TryGetValue((binding, id), out login))
                {
                    login = Task.Run(begin);
                    logins.Set((binding, id), login, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Life });
                }
            }
            try
            {
                return await login;
            }
            catch (Exception)
            {
                Forget(binding, id, login);
                throw;
            }
        }

        /// <summary>The picture of a login, while it is kept.</summary>
        internal string? Picture(string binding, string id, string token) =>
            Find(binding, id, token) is Task<OpenLogin> login ? login.Result.Picture : null;

        /// <summary>It has ended, or is about to.</summary>
        internal void Forget(string binding, string id, string token)
        {
            if (Find(binding, id, token) is Task<OpenLogin> login)
            {
                Forget(binding, id, login);
            }
        }

        private Task<OpenLogin>? Find(string binding, string id, string token) =>
            logins.TryGetValue((binding, id), out Task<OpenLogin> login) && login.Status == TaskStatus.RanToCompletion && login.Result.Token == token ? login : null;

        private void Forget(string binding, string id, Task<OpenLogin> login)
        {
            lock (logins)
            {
                if (logins.TryGetValue((binding, id), out Task<OpenLogin> now) && now == login)
                {
                    logins.Remove((binding, id));
                }
            }
        }
    }

    /// <summary>What the page of a login shows.</summary>
    internal sealed class OpenLogin
    {
        internal OpenLogin(string token, string? picture)
        {
            Token = token;
            Picture = picture;
        }

        internal string Token { get; }

        internal string? Picture { get; }
    }
}
