// What the reader has around the two pieces of `../../README.md` for ASP.NET Core: a site that prints its address, and ends with its input.
using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Countermark;
using Countermark.AspNetCore;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

static class Program
{
    const string secret = "a secret of at least twenty characters";
    static readonly IConfiguration Configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();

    static void Main()
    {
        using IHost host = new HostBuilder().ConfigureLogging(logging => logging.ClearProviders()).ConfigureWebHostDefaults(web => web
            .UseContentRoot(AppContext.BaseDirectory).UseUrls("http://127.0.0.1:0").ConfigureServices(ConfigureServices).Configure(Configure)).Build();
        host.Start();
        Console.WriteLine(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>().Addresses.First());
        Console.In.ReadToEnd();
    }

    static void ConfigureServices(IServiceCollection services)
    {
        services.AddRouting();
        services.AddAuthorization();
        var stripe = new WebhookOptions { Scheme = "stripe" };
        stripe.Keys.Add(new WebhookKey("2026-11", secret));
        var github = new WebhookOptions { Scheme = "github" };
        github.Keys.Add(new WebhookKey("2026-11", secret));
        var links = new SignedQueryOptions { Audience = "https://members.example" };
        links.Keys.Add(new SignedQueryKey("2026-11", secret));
        // SERVICES
    }

    static void Configure(IApplicationBuilder app)
    {
        // PIPELINE
    }

    static Task Handle(byte[] body) => Task.CompletedTask;

    static Task Welcome(HttpContext context, string who) => context.Response.WriteAsync("hello " + who);

    sealed class YourStore : IReplayStore
    {
        private readonly MemoryReplayStore memory = new MemoryReplayStore();

        public Task<bool> ReserveAsync(string key, long untilMs, long nowMs, CancellationToken cancellationToken) =>
            memory.ReserveAsync(key, untilMs, nowMs, cancellationToken);

        public Task CommitAsync(string key, CancellationToken cancellationToken) => memory.CommitAsync(key, cancellationToken);

        public Task<bool> IsCommittedAsync(string key, CancellationToken cancellationToken) => memory.IsCommittedAsync(key, cancellationToken);

        public Task ReleaseAsync(string key, CancellationToken cancellationToken) => memory.ReleaseAsync(key, cancellationToken);
    }
}
