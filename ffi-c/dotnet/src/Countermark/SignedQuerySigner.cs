using System;
using System.Collections.Generic;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>The settings of a <see cref="SignedQuerySigner"/>. What is null is the library's default.</summary>
    public sealed class SignedQuerySignerOptions
    {
        /// <summary>The settings of a signer that uses this key.</summary>
        /// <param name="profile">How to sign.</param>
        /// <param name="key">The key.</param>
        public SignedQuerySignerOptions(SignedQueryProfile profile, SignedQueryKey key)
        {
            Profile = profile;
            Key = key ?? throw new ArgumentNullException(nameof(key));
        }

        /// <summary>How to sign.</summary>
        public SignedQueryProfile Profile { get; }

        /// <summary>The key.</summary>
        public SignedQueryKey Key { get; }

        /// <summary>Who accepts the query; required for <see cref="SignedQueryProfile.CountermarkV1"/>.</summary>
        public string? Audience { get; set; }

        /// <summary>How long a query lives, in seconds.</summary>
        public long? LifetimeSeconds { get; set; }

        /// <summary>Accepts the demo token of the vendor's sample, for tests.</summary>
        public bool AllowDemoSecret { get; set; }
    }

    /// <summary>Signs queries of one profile. Immutable; may be shared between threads.</summary>
    public sealed unsafe class SignedQuerySigner : IDisposable
    {
        private const int EntropyBytes = 16;
        private readonly QuerySignerHandle handle;
        private readonly SignedQueryProfile profile;

        /// <summary>Checks the settings and prepares the key.</summary>
        /// <param name="options">The settings; copied.</param>
        /// <exception cref="CountermarkException">InvalidSecret, WeakSecret, InvalidConfig; the detail names the setting.</exception>
        public SignedQuerySigner(SignedQuerySignerOptions options)
        {
            if (options == null)
            {
                throw new ArgumentNullException(nameof(options));
            }
            Library.Check();
            profile = options.Profile;
            using var arena = Arena.Rent();
            countermark_query_key key = options.Key.Native(arena);
            var config = new countermark_query_config
            {
                profile = (int)options.Profile,
                allow_demo_secret = options.AllowDemoSecret ? 1 : 0,
                keys = &key,
                keys_len = (UIntPtr)1,
                audience = arena.Text(options.Audience),
                max_age_s = Option.Span(options.LifetimeSeconds),
                max_future_s = Option.Default,
            };
            countermark_query_signer* made;
            countermark_error* error;
            Fault.Check(countermark_query_signer_new(&config, &made, &error), error);
            handle = new QuerySignerHandle(made);
        }

        /// <summary>Signs fields by the system's clock.</summary>
        /// <param name="fields">Names and values.</param>
        /// <returns>The signed query, without a <c>?</c>.</returns>
        /// <exception cref="CountermarkException">InvalidInput, InvalidField, MissingField, EmptyField, DuplicateField.</exception>
        public string Sign(IEnumerable<KeyValuePair<string, string>> fields) => Sign(fields, Clock.NowMs, null);

        /// <summary>As <see cref="Sign(IEnumerable{KeyValuePair{string, string}})"/>, by another clock and with given randomness.</summary>
        /// <param name="fields">Names and values.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <param name="entropy">Fresh random bytes for the profiles that take some; null: from the system.</param>
        /// <returns>The signed query, without a <c>?</c>.</returns>
        /// <exception cref="CountermarkException">InvalidInput, InvalidField, MissingField, EmptyField, DuplicateField.</exception>
        public string Sign(IEnumerable<KeyValuePair<string, string>> fields, long nowMs, byte[]? entropy)
        {
            if (fields == null)
            {
                throw new ArgumentNullException(nameof(fields));
            }
            using var arena = Arena.Rent();
            countermark_pair* pairs = arena.Pairs(fields, out UIntPtr count);
            countermark_str random = arena.Bytes(entropy ?? (profile == SignedQueryProfile.CountermarkV1 ? Entropy.Bytes(EntropyBytes) : null));
            using NativeHandle.Borrowed signer = handle.Borrow();
            countermark_bytes* signed;
            countermark_error* error;
            int status = countermark_query_signer_sign(
                (countermark_query_signer*)signer.Pointer, pairs, count, random.ptr, random.len, nowMs, &signed, &error);
            Fault.Check(status, error);
            return Owned.Text(signed);
        }

        /// <summary>Frees the key.</summary>
        public void Dispose() => handle.Dispose();
    }
}
