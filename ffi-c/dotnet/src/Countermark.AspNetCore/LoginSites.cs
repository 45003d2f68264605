using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Countermark;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
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

        internal LoginSite Get(string scheme, LoginSchemeOptions options) => sites.GetOrAdd(scheme, _ => new LoginSite(options, Store()));

        private IReplayStore Store()
        {
            var store = services.GetRequiredService<IReplayStore>();
            // One that may give a key twice lets two logins begin for one ID, and that freezes it.
            if (store is DistributedReplayStore)
            {
                throw CountermarkException.Of(ErrorCode.InvalidConfig, nameof(DistributedReplayStore));
            }
            return new LoggedStore(store, services.GetRequiredService<ILoggerFactory>().CreateLogger("Countermark.Login"), "login");
        }
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
            return new ConnectingHandler(new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = service.ConnectTimeout,
                SslOptions = { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 },
            });
        }

        /// <summary>A session that cannot be sealed is nobody's: the phone must not go on asking.</summary>
        internal async Task<OpenLogin> BeginAsync(string binding, string id)
        {
            using Challenge challenge = await Client.BeginAsync(id);
            try
            {
                return new OpenLogin(Sealer.Seal(challenge.Session, binding), challenge.AccessPassDataUri);
            }
            catch (CountermarkException)
            {
                try
                {
                    await Client.CancelAsync(challenge.Session);
                }
                catch (CountermarkException)
                {
                    // It expires. The first failure is the one to tell.
                }
                throw;
            }
        }

        internal LoginClient Client { get; }

        internal OpenLogins Open { get; } = new OpenLogins();

        internal SessionSealer Sealer { get; }
    }

    /// <summary>Tells the time-out of connecting from all others, so that another server is asked.</summary>
    internal sealed class ConnectingHandler : DelegatingHandler
    {
        internal ConnectingHandler(SocketsHttpHandler inner)
            : base(inner)
        {
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
            // The time-outs of the HttpClient and of the exchange come by the token. The inner handler has none but that of connecting.
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new HttpRequestException(null, new SocketException((int)SocketError.TimedOut));
            }
        }
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
        /// <summary>What a cookie's name may have, but <c>%</c>, which ASP.NET decodes or not, by its version.</summary>
        private static readonly Regex CookieName = new Regex(@"^[0-9A-Za-z!#$&'*+.^_`|~-]+\z");

        public LoginStartup(
            LoginSites sites, IOptionsMonitor<LoginSchemeOptions> options, IEnumerable<LoginScheme> schemes, IAuthenticationSchemeProvider provider)
        {
            var paths = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (LoginScheme scheme in schemes)
            {
                try
                {
                    LoginSchemeOptions settings = options.Get(scheme.Name);
                    sites.Get(scheme.Name, settings);
                    Require(CookieName.IsMatch(scheme.Name), nameof(scheme));
                    Require(SignsIn(provider, settings.SignInScheme!), nameof(settings.SignInScheme));
                    Require(paths.Add(settings.Path.Value), nameof(settings.Path));
                }
                catch (Exception failure) when (failure is CountermarkException || failure is ArgumentException)
                {
                    throw new OptionsValidationException(scheme.Name, typeof(LoginSchemeOptions), new[] { "login " + scheme.Name + ": " + failure.Message });
                }
            }
        }

        private static void Require(bool condition, string setting)
        {
            if (!condition)
            {
                throw CountermarkException.Of(ErrorCode.InvalidConfig, setting);
            }
        }

        private static bool SignsIn(IAuthenticationSchemeProvider provider, string scheme) =>
            typeof(IAuthenticationSignInHandler).IsAssignableFrom(provider.GetSchemeAsync(scheme).GetAwaiter().GetResult()?.HandlerType);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
