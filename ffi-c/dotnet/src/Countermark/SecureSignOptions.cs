using System;
using System.Collections.Generic;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>The settings of a <see cref="SecureSignClient"/>. What is null is the library's default.</summary>
    public sealed class SecureSignOptions
    {
        private readonly string apiKey;

        /// <summary>The settings for an API key.</summary>
        /// <param name="environment"><c>live</c> or <c>test</c>: a key of the other kind is refused.</param>
        /// <param name="apiKey">The API key.</param>
        /// <param name="tenantId">The tenant that the key must belong to.</param>
        public SecureSignOptions(string environment, string apiKey, string tenantId)
        {
            Environment = environment ?? throw new ArgumentNullException(nameof(environment));
            this.apiKey = apiKey ?? throw new ArgumentNullException(nameof(apiKey));
            TenantId = tenantId ?? throw new ArgumentNullException(nameof(tenantId));
        }

        /// <summary><c>live</c> or <c>test</c>.</summary>
        public string Environment { get; }

        /// <summary>The tenant.</summary>
        public string TenantId { get; }

        /// <summary>The API: <c>https://host[:port]/v1</c>; <c>http</c> for loopback only. Null: the vendor's.</summary>
        public string? BaseUrl { get; set; }

        /// <summary>The hosts that a callback may go to, in lower case and without port.</summary>
        public IList<string> CallbackHosts { get; } = new List<string>();

        /// <summary>How many seconds past its end a session is still taken.</summary>
        public long? ClockSkewSeconds { get; set; }

        internal unsafe countermark_securesign_config Native(Arena arena) => new countermark_securesign_config
        {
            base_url = arena.Text(BaseUrl),
            environment = arena.Text(Environment),
            api_key = arena.Text(apiKey),
            tenant_id = arena.Text(TenantId),
            callback_hosts = arena.Texts(CallbackHosts, out UIntPtr hosts),
            callback_hosts_len = hosts,
            clock_skew_s = Option.Span(ClockSkewSeconds),
        };
    }

    /// <summary>What is to be signed, and where the answer goes.</summary>
    public sealed class SecureSignRequest
    {
        private readonly byte[] hash;

        /// <summary>A request.</summary>
        /// <param name="requestId">A fresh id: 1 to 128 letters, digits, <c>_</c>, <c>-</c> and <c>.</c>; make it of 128 random bits.</param>
        /// <param name="algorithm">How the digest was made: <c>SHA256</c>, <c>SHA384</c> or <c>SHA512</c>.</param>
        /// <param name="hash">The digest of the document.</param>
        /// <param name="callbackUrl">Where the product sends the visitor afterwards: an allowed host and a path, without query.</param>
        public SecureSignRequest(string requestId, string algorithm, byte[] hash, string callbackUrl)
        {
            RequestId = requestId ?? throw new ArgumentNullException(nameof(requestId));
            Algorithm = algorithm ?? throw new ArgumentNullException(nameof(algorithm));
            this.hash = (byte[])(hash ?? throw new ArgumentNullException(nameof(hash))).Clone();
            CallbackUrl = callbackUrl ?? throw new ArgumentNullException(nameof(callbackUrl));
        }

        /// <summary>The id.</summary>
        public string RequestId { get; }

        /// <summary>How the digest was made.</summary>
        public string Algorithm { get; }

        /// <summary>Where the answer goes.</summary>
        public string CallbackUrl { get; }

        internal countermark_securesign_request Native(Arena arena) => new countermark_securesign_request
        {
            request_id = arena.Text(RequestId),
            hash = arena.Bytes(hash),
            algorithm = arena.Text(Algorithm),
            callback_url = arena.Text(CallbackUrl),
        };
    }

    /// <summary>What to keep on the server until the callback comes, under its request id. Never take any of it from the visitor.</summary>
    public sealed class SecureSignPending
    {
        private readonly byte[] hash;

        /// <summary>As it was kept.</summary>
        /// <param name="requestId">The id of the request.</param>
        /// <param name="algorithm">How the digest was made.</param>
        /// <param name="hash">The digest that was to be signed.</param>
        /// <param name="expiresAtMs">When the session ends, in Unix milliseconds.</param>
        public SecureSignPending(string requestId, string algorithm, byte[] hash, long expiresAtMs)
        {
            RequestId = requestId ?? throw new ArgumentNullException(nameof(requestId));
            Algorithm = algorithm ?? throw new ArgumentNullException(nameof(algorithm));
            this.hash = (byte[])(hash ?? throw new ArgumentNullException(nameof(hash))).Clone();
            ExpiresAtMs = expiresAtMs;
        }

        /// <summary>The id of the request.</summary>
        public string RequestId { get; }

        /// <summary>How the digest was made.</summary>
        public string Algorithm { get; }

        /// <summary>When the session ends, in Unix milliseconds.</summary>
        public long ExpiresAtMs { get; }

        /// <summary>The digest that was to be signed.</summary>
        /// <returns>A copy of the bytes.</returns>
        public byte[] Hash() => (byte[])hash.Clone();

        internal countermark_securesign_pending Native(Arena arena) => new countermark_securesign_pending
        {
            request_id = arena.Text(RequestId),
            hash = arena.Bytes(hash),
            algorithm = arena.Text(Algorithm),
            expires_at_ms = ExpiresAtMs,
        };
    }
}
