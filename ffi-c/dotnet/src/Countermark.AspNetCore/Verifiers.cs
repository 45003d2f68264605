using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Countermark.AspNetCore
{
    /// <summary>One verifier for each name, made once.</summary>
    internal sealed class Verifiers : IDisposable
    {
        public Verifiers(IOptions<CountermarkOptions> options, ILoggerFactory loggers)
        {
            CountermarkOptions value = options.Value;
            Queries = value.Queries.ToDictionary(query => query.Key, query => new SignedQueryVerifier(query.Value));
            Webhooks = value.Webhooks.ToDictionary(webhook => webhook.Key, webhook => new WebhookSite(webhook.Value, value.MaxWebhookBytes));
            ILogger logger = loggers.CreateLogger("Countermark.Webhook");
            foreach ((string name, WebhookSite site) in Webhooks)
            {
                foreach (string key in site.Verifier.UnusableKeys())
                {
                    Log.UnusableKey(logger, name, key, null);
                }
            }
        }

        internal IReadOnlyDictionary<string, SignedQueryVerifier> Queries { get; }

        internal IReadOnlyDictionary<string, WebhookSite> Webhooks { get; }

        public void Dispose()
        {
            foreach (SignedQueryVerifier verifier in Queries.Values)
            {
                verifier.Dispose();
            }
            foreach (WebhookSite site in Webhooks.Values)
            {
                site.Verifier.Dispose();
            }
        }
    }

    /// <summary>A verifier, and what its scheme wants around it.</summary>
    internal sealed class WebhookSite
    {
        internal WebhookSite(WebhookOptions options, int maxBytes)
        {
            Scheme = options.Scheme ?? string.Empty;
            long? own = options.MaxBodyBytes;
            MaxBytes = own ?? maxBytes;
            // What the site reads, its verifier takes.
            options.MaxBodyBytes = MaxBytes;
            Verifier = new WebhookVerifier(options);
            options.MaxBodyBytes = own;
            Handshake = WebhookHandshake.Order(Scheme);
        }

        /// <summary>The id; empty for a scheme of one's own.</summary>
        internal string Scheme { get; }

        /// <summary>A longer body is not read.</summary>
        internal long MaxBytes { get; }

        internal WebhookVerifier Verifier { get; }

        internal HandshakeOrder Handshake { get; }
    }

    /// <summary>Validates the options when the host starts, and not with the first request.</summary>
    internal sealed class Startup : IHostedService
    {
        public Startup(Verifiers verifiers) => Verifiers = verifiers;

        private Verifiers Verifiers { get; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
