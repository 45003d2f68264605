using System;
using System.Collections.Generic;
using System.Linq;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>One secret or key of a webhook.</summary>
    public sealed class WebhookKey
    {
        private readonly string secret;

        /// <summary>A key that is always valid, written as the scheme has it.</summary>
        /// <param name="id">Your name for the key: reported when it matches.</param>
        /// <param name="secret">The secret as the sender's console shows it.</param>
        public WebhookKey(string id, string secret)
        {
            Id = id ?? throw new ArgumentNullException(nameof(id));
            this.secret = secret ?? throw new ArgumentNullException(nameof(secret));
        }

        /// <summary>The name of the key.</summary>
        public string Id { get; }

        /// <summary>How the secret is written, such as <c>base64</c>; null: as the scheme has it.</summary>
        public string? Encoding { get; set; }

        /// <summary>First millisecond of validity, Unix time; null: no bound.</summary>
        public long? NotBeforeMs { get; set; }

        /// <summary>Last millisecond of validity, Unix time; null: no bound.</summary>
        public long? NotAfterMs { get; set; }

        internal countermark_webhook_key Native(Arena arena) => new countermark_webhook_key
        {
            id = arena.Text(Id),
            secret = arena.Text(secret),
            encoding = arena.Text(Encoding),
            not_before_ms = NotBeforeMs ?? Option.AlwaysBefore,
            not_after_ms = NotAfterMs ?? Option.AlwaysAfter,
        };
    }

    /// <summary>The settings of a verifier, a signer or an explainer. What is null is the scheme's own.</summary>
    public sealed class WebhookOptions
    {
        /// <summary>The id of a scheme of the table, such as <c>stripe</c>; null if <see cref="Spec"/> is given.</summary>
        public string? Scheme { get; set; }

        /// <summary>A scheme of your own.</summary>
        public WebhookSchemeSpec? Spec { get; set; }

        /// <summary>The keys, tried in order; several during a rotation.</summary>
        public IList<WebhookKey> Keys { get; } = new List<WebhookKey>();

        /// <summary>Oldest accepted time, in seconds.</summary>
        public long? MaxAgeSeconds { get; set; }

        /// <summary>Newest accepted time, in seconds ahead of the clock.</summary>
        public long? MaxFutureSeconds { get; set; }

        /// <summary>Longest body, in bytes.</summary>
        public long? MaxBodyBytes { get; set; }

        /// <summary>The time is not checked. Only a queue that verifies much later should say so.</summary>
        public bool IgnoreTime { get; set; }

        internal unsafe countermark_webhook_config Native(Arena arena)
        {
            WebhookKey[] given = Keys.ToArray();
            var keys = (countermark_webhook_key*)arena.Take(checked(given.Length * sizeof(countermark_webhook_key)));
            for (int at = 0; at < given.Length; at++)
            {
                keys[at] = given[at].Native(arena);
            }
            countermark_scheme_spec* spec = null;
            if (Spec != null)
            {
                spec = (countermark_scheme_spec*)arena.Take(sizeof(countermark_scheme_spec));
                *spec = Spec.Native(arena);
            }
            return new countermark_webhook_config
            {
                scheme = arena.Text(Scheme),
                spec = spec,
                keys = keys,
                keys_len = (UIntPtr)given.Length,
                max_age_s = Option.Span(MaxAgeSeconds),
                max_future_s = Option.Span(MaxFutureSeconds),
                max_body_bytes = Option.Span(MaxBodyBytes),
                ignore_time = IgnoreTime ? 1 : 0,
            };
        }
    }
}
