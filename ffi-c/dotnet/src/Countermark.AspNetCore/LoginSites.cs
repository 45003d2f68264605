using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net.Http;
using System.Security.Authentication;
using Countermark;
using Microsoft.Extensions.DependencyInjection;

namespace Countermark.AspNetCore
{
    /// <summary>Client and sealer of each scheme, made once.</summary>
    internal sealed class LoginSites : IDisposable
    {
        private readonly IServiceProvider services;
        private readonly ConcurrentDictionary<string, LoginSite> sites = new ConcurrentDictionary<string, LoginSite>();

        internal LoginSites(IServiceProvider services) => this.services = services;

        public void Dispose()
        {
            foreach (LoginSite site in sites.Values)
            {
                site.Dispose();
            }
        }

        internal LoginSite Get(string scheme, LoginSchemeOptions options) =>
            sites.GetOrAdd(scheme, _ => new LoginSite(options, services.GetRequiredService<IReplayStore>()));
    }

    internal sealed class LoginSite : IDisposable
    {
        internal LoginSite(LoginSchemeOptions options, IReplayStore store)
        {
            Client = new LoginClient(new HttpClient(options.Backchannel ?? Handler(options.Login)), options.Login, store);
            IEnumerable<SealKey> keys = options.SealKeys.Count > 0 ? options.SealKeys : new[] { SealKey.CreateRandom() };
            Sealer = new SessionSealer(keys, options.Login.ServiceName!, options.Login.ServiceAddress!);
        }

        public void Dispose() => Open.Dispose();

        private static HttpMessageHandler Handler(LoginOptions login)
        {
            using var service = new LoginService(login);
            return new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = service.ConnectTimeout,
                SslOptions = { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 },
            };
        }

        internal LoginClient Client { get; }

        internal OpenLogins Open { get; } = new OpenLogins();

        internal SessionSealer Sealer { get; }
    }
}
