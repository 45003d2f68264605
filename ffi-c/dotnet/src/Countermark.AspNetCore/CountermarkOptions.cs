using System;
using System.Collections.Generic;
using Countermark;
using Microsoft.Extensions.Options;

[assembly: CLSCompliant(false)]

namespace Countermark.AspNetCore
{
    /// <summary>What the site verifies. Names are yours: endpoints refer to them.</summary>
    public sealed class CountermarkOptions
    {
        /// <summary>Signed links, by name.</summary>
        public IDictionary<string, SignedQueryOptions> Queries { get; } = new Dictionary<string, SignedQueryOptions>();

        /// <summary>Webhooks, by name.</summary>
        public IDictionary<string, WebhookOptions> Webhooks { get; } = new Dictionary<string, WebhookOptions>();

        /// <summary>The largest webhook body that is read, in bytes. A longer one is refused. Must be set where there are webhooks: how
        /// much memory a stranger may fill is for the site to say. It holds in the place of a lower limit of the server, and is that of every verifier
        /// without one of its own.</summary>
        public int MaxWebhookBytes { get; set; }
    }

    /// <summary>Makes every verifier once, so that a configuration that cannot be used stops the site at start.</summary>
    internal sealed class CountermarkOptionsValidation : IValidateOptions<CountermarkOptions>
    {
        public ValidateOptionsResult Validate(string name, CountermarkOptions options)
        {
            var failures = new List<string>();
            foreach (KeyValuePair<string, SignedQueryOptions> query in options.Queries)
            {
                Try(nameof(options.Queries), query.Key, () => new SignedQueryVerifier(query.Value).Dispose());
            }
            foreach (KeyValuePair<string, WebhookOptions> webhook in options.Webhooks)
            {
                Try(nameof(options.Webhooks), webhook.Key, () => new WebhookVerifier(webhook.Value).Dispose());
            }
            if (options.Webhooks.Count > 0 && options.MaxWebhookBytes <= 0)
            {
                failures.Add(nameof(options.MaxWebhookBytes));
            }
            return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

            void Try(string kind, string key, Action make)
            {
                try
                {
                    make();
                }
                catch (CountermarkException failure)
                {
                    failures.Add(kind + "[" + key + "]: " + failure.Message);
                }
            }
        }
    }
}
