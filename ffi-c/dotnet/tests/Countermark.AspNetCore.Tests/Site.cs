using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Countermark.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Countermark.Tests
{
    /// <summary>A site with a real Kestrel on a free port: a webhook, a signed link, and a page behind a login.</summary>
    internal sealed class Site : IDisposable
    {
        internal const string Secret = "0123456789abcdef0123456789abcdef";
        internal const string Origin = "https://members.example";
        private readonly IHost host;

        internal Site(string idServer = "http://127.0.0.1:9", Action<CountermarkBuilder>? more = null, Action<IEndpointRouteBuilder>? endpoints = null, string? scheme = "SecSign")
        {
            Endpoints = endpoints;
            // The default builder would watch every file of the checkout.
            host = new HostBuilder()
                .ConfigureLogging(logging => logging.ClearProviders().AddProvider(new Lines(Logged)).SetMinimumLevel(LogLevel.Debug))
                .ConfigureWebHostDefaults(web => web
                    .UseContentRoot(AppContext.BaseDirectory)
                    .UseUrls("http://127.0.0.1:0")
                    .UseShutdownTimeout(TimeSpan.FromMilliseconds(100))
                    .ConfigureServices(services => Services(services, idServer, more, scheme))
                    .Configure(Configure))
                .Build();
            try
            {
                host.Start();
            }
            catch (Exception)
            {
                // A host that is not disposed of holds the end of the process back.
                host.Dispose();
                throw;
            }
            Address = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>().Addresses.First());
            Http = Browser(Address);
        }

        internal Uri Address { get; }

        internal HttpClient Http { get; }

        internal IServiceProvider Made => host.Services;

        internal ConcurrentQueue<string> Logged { get; } = new ConcurrentQueue<string>();

        /// <summary>What the endpoint of payments does.</summary>
        internal RequestDelegate Handler { get; set; } = _ => Task.CompletedTask;

        private Action<IEndpointRouteBuilder>? Endpoints { get; }

        public void Dispose()
        {
            Http.Dispose();
            host.StopAsync().GetAwaiter().GetResult();
            host.Dispose();
        }

        private static void Services(IServiceCollection services, string idServer, Action<CountermarkBuilder>? more, string? scheme)
        {
            services.AddRouting();
            services.AddAuthorization();
            services.AddDistributedMemoryCache();
            CountermarkBuilder builder = services.AddCountermark(options =>
            {
                var stripe = new WebhookOptions { Scheme = "stripe" };
                stripe.Keys.Add(new WebhookKey("a", Secret));
                options.Webhooks["payments"] = stripe;
                var github = new WebhookOptions { Scheme = "github" };
                github.Keys.Add(new WebhookKey("a", Secret));
                options.Webhooks["code"] = github;
                var slack = new WebhookOptions { Scheme = "slack" };
                slack.Keys.Add(new WebhookKey("a", Secret));
                options.Webhooks["chat"] = slack;
                var meta = new WebhookOptions { Scheme = "meta" };
                meta.Keys.Add(new WebhookKey("a", Secret));
                options.Webhooks["social"] = meta;
                var links = new SignedQueryOptions { Audience = Origin };
                links.Keys.Add(new SignedQueryKey("a", Secret));
                options.Queries["links"] = links;
                options.MaxWebhookBytes = 4096;
            });
            more?.Invoke(builder);
            AuthenticationBuilder authentication = services.AddAuthentication(options =>
                {
                    options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
                    options.DefaultChallengeScheme = scheme;
                })
                .AddCookie();
            if (scheme != null)
            {
                authentication.AddCountermark(scheme, options => Login(options, idServer));
            }
        }

        internal static void Login(LoginSchemeOptions options, string idServer)
        {
            options.Login = new LoginOptions { Server = idServer, ServiceName = "Members", ServiceAddress = Origin };
            options.SiteOrigin = Origin;
            options.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        }

        /// <summary>As a browser goes to a page; a form is sent as the script of the login page does.</summary>
        internal static HttpClient Browser(Uri address, bool cookies = true) =>
            new HttpClient(new Navigation(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = cookies })) { BaseAddress = address };

        private sealed class Navigation : DelegatingHandler
        {
            internal Navigation(HttpMessageHandler inner)
                : base(inner)
            {
            }

            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                if (request.Method == HttpMethod.Get && request.Headers.Accept.Count == 0)
                {
                    request.Headers.TryAddWithoutValidation("Accept", "text/html,*/*;q=0.8");
                }
                return base.SendAsync(request, cancellationToken);
            }
        }

        private void Configure(IApplicationBuilder app)
        {
            app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto });
            app.UsePathBase("/base");
            app.Map("/link", link => link.UseSignedQuery("links").Run(context => context.Response.WriteAsync("hello " + context.SignedQuery()["user"])));
            app.Map("/broken", link => link.UseSignedQuery("links").Run(_ => throw CountermarkException.Of(ErrorCode.Replayed)));
            app.UseRouting();
            app.UseAuthentication();
            app.UseAuthorization();
            app.UseEndpoints(endpoints =>
            {
                endpoints.MapWebhook("/hooks/payments", "payments", context => Handler(context));
                endpoints.MapWebhook("/hooks/code", "code", context => Task.CompletedTask, keep: TimeSpan.FromDays(1));
                endpoints.MapWebhook("/hooks/chat", "chat", context => context.Response.WriteAsync("handled"));
                endpoints.MapWebhook("/hooks/social", "social", context => Task.CompletedTask, TimeSpan.FromDays(1), "verify-me");
                Endpoints?.Invoke(endpoints);
                endpoints.MapGet("/members", context => context.Response.WriteAsync("member " + context.User.Identity.Name)).RequireAuthorization();
            });
        }

        private sealed class Lines : ILoggerProvider, ILogger
        {
            private readonly ConcurrentQueue<string> lines;

            internal Lines(ConcurrentQueue<string> lines) => this.lines = lines;

            public ILogger CreateLogger(string category) => category.StartsWith("Countermark", StringComparison.Ordinal) ? this : new Lines(new ConcurrentQueue<string>());

            public void Log<TState>(LogLevel level, EventId id, TState state, Exception exception, Func<TState, Exception, string> format) =>
                lines.Enqueue(id.Id + " " + format(state, exception));

            public bool IsEnabled(LogLevel level) => true;

            public IDisposable BeginScope<TState>(TState state) => this;

            public void Dispose()
            {
            }
        }
    }
}
