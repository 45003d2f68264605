using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net.Http;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;
using Countermark;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

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

    /// <summary>That there is a login of this name.</summary>
    internal sealed class LoginScheme
    {
        internal LoginScheme(string name) => Name = name;

        internal string Name { get; }
    }

    /// <summary>Makes every login when the host starts, its seal keys included, and not with the first visitor.</summary>
    internal sealed class LoginStartup : IHostedService
    {
        public LoginStartup(LoginSites sites, IOptionsMonitor<LoginSchemeOptions> options, IEnumerable<LoginScheme> schemes)
        {
            foreach (LoginScheme scheme in schemes)
            {
                try
                {
                    sites.Get(scheme.Name, options.Get(scheme.Name));
                }
                catch (Exception failure) when (failure is CountermarkException || failure is ArgumentException)
                {
                    throw new OptionsValidationException(scheme.Name, typeof(LoginSchemeOptions), new[] { "login " + scheme.Name + ": " + failure.Message });
                }
            }
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
