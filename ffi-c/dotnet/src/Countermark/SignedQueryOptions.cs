using System;
using System.Collections.Generic;
using System.Linq;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>How a query is signed.</summary>
    public enum SignedQueryProfile
    {
        /// <summary>HMAC-SHA256 over fields with their lengths. Use this one wherever both ends are yours.</summary>
        CountermarkV1 = COUNTERMARK_QUERY_V1,

        /// <summary>OneLogin's links. Rest on plain SHA-1, and their fields have no borders: compare the account with
        /// <see cref="VerifiedQuery.CheckProfile"/>.</summary>
        LegacyOneLogin = COUNTERMARK_QUERY_LEGACY_ONELOGIN,

        /// <summary>The same links with every rule that the format allows.</summary>
        LegacyOneLoginStrict = COUNTERMARK_QUERY_LEGACY_ONELOGIN_STRICT,
    }

    /// <summary>One secret, and whom it may speak for.</summary>
    public sealed class SignedQueryKey
    {
        /// <summary>A key that is always valid.</summary>
        /// <param name="id">Its name: reported when it matches.</param>
        /// <param name="secret">The shared secret, at least 20 bytes of UTF-8.</param>
        public SignedQueryKey(string id, string secret)
        {
            Id = id ?? throw new ArgumentNullException(nameof(id));
            Secret = secret ?? throw new ArgumentNullException(nameof(secret));
        }

        /// <summary>The name of the key.</summary>
        public string Id { get; }

        /// <summary>First millisecond of validity, Unix time; null: no bound.</summary>
        public long? NotBeforeMs { get; set; }

        /// <summary>Last millisecond of validity, Unix time; null: no bound.</summary>
        public long? NotAfterMs { get; set; }

        /// <summary>The tenant that holds the secret; null: none.</summary>
        public string? Tenant { get; set; }

        /// <summary>The email domains that the holder may sign for (OneLogin); none: all. V1 takes none.</summary>
        public IList<string> EmailDomains { get; } = new List<string>();

        private string Secret { get; }

        internal unsafe countermark_query_key Native(Arena arena)
        {
            return new countermark_query_key
            {
                id = arena.Text(Id),
                secret = arena.Text(Secret),
                tenant = arena.Text(Tenant),
                email_domains = arena.Texts(EmailDomains, out UIntPtr domains),
                email_domains_len = domains,
                not_before_ms = NotBeforeMs ?? Option.AlwaysBefore,
                not_after_ms = NotAfterMs ?? Option.AlwaysAfter,
            };
        }
    }

    /// <summary>The settings of a <see cref="SignedQueryVerifier"/>. What is null is the library's default.</summary>
    public sealed class SignedQueryOptions
    {
        /// <summary>How the queries are signed.</summary>
        public SignedQueryProfile Profile { get; set; } = SignedQueryProfile.CountermarkV1;

        /// <summary>The keys, tried in order. Several during a rotation.</summary>
        public IList<SignedQueryKey> Keys { get; } = new List<SignedQueryKey>();

        /// <summary>Who accepts the query; required for <see cref="SignedQueryProfile.CountermarkV1"/>.</summary>
        public string? Audience { get; set; }

        /// <summary>Oldest accepted query, in seconds.</summary>
        public long? MaxAgeSeconds { get; set; }

        /// <summary>How far a signed time may lie ahead, in seconds.</summary>
        public long? MaxFutureSeconds { get; set; }

        /// <summary>Whether names may be empty (<see cref="SignedQueryProfile.LegacyOneLogin"/> only).</summary>
        public bool AllowEmptyNames { get; set; }

        /// <summary>Accepts the demo token of the vendor's sample, for tests.</summary>
        public bool AllowDemoSecret { get; set; }

        internal unsafe countermark_query_config Native(Arena arena)
        {
            SignedQueryKey[] given = Keys.ToArray();
            var keys = (countermark_query_key*)arena.Take(checked(given.Length * sizeof(countermark_query_key)));
            for (int at = 0; at < given.Length; at++)
            {
                keys[at] = given[at].Native(arena);
            }
            return new countermark_query_config
            {
                profile = (int)Profile,
                allow_demo_secret = AllowDemoSecret ? 1 : 0,
                allow_empty_names = AllowEmptyNames ? 1 : 0,
                keys = keys,
                keys_len = (UIntPtr)given.Length,
                audience = arena.Text(Audience),
                max_age_s = Option.Span(MaxAgeSeconds),
                max_future_s = Option.Span(MaxFutureSeconds),
            };
        }
    }
}
