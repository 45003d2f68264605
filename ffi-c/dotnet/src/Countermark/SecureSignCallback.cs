using System;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>What a callback claims. Signed by nobody: use it only to find the pending request, and then
    /// <see cref="SecureSignClient.Complete(SecureSignHint, SecureSignPending, byte[])"/>.</summary>
    public sealed unsafe class SecureSignHint : IDisposable
    {
        private readonly byte[]? signature;

        private SecureSignHint(countermark_securesign_hint* native)
        {
            Handle = new SecureSignHintHandle(native);
            countermark_securesign_hint_view view;
            countermark_error* error;
            Fault.Check(countermark_securesign_hint_read(native, &view, &error), error);
            RequestId = Utf8.Text(view.request_id);
            Code = Utf8.TextOrNull(view.code);
            signature = Utf8.BytesOrNull(view.signature);
            SignedAtMs = Option.Time(view.signed_at_ms);
            ClaimsSuccess = view.claims_success != 0;
        }

        /// <summary>The id of the request that it claims to answer.</summary>
        public string RequestId { get; }

        /// <summary>The name of the error that it claims; null if none.</summary>
        public string? Code { get; }

        /// <summary>When it claims to have been signed, in Unix milliseconds.</summary>
        public long? SignedAtMs { get; }

        /// <summary>Whether it claims that the document was signed.</summary>
        public bool ClaimsSuccess { get; }

        internal SecureSignHintHandle Handle { get; }

        /// <summary>Reads the <c>ss_result</c> of a callback.</summary>
        /// <param name="query">The raw query string, without <c>?</c>.</param>
        /// <returns>The claim.</returns>
        /// <exception cref="VerificationException">MissingParameter, DuplicateField, InvalidEncoding, MalformedBody, MissingField, InvalidField,
        /// TooLarge.</exception>
        public static SecureSignHint Read(string query)
        {
            Library.Check();
            using var arena = Arena.Rent();
            countermark_str text = arena.Text(query ?? throw new ArgumentNullException(nameof(query)));
            countermark_securesign_hint* hint;
            countermark_error* error;
            Fault.Check(countermark_securesign_read_callback(text.ptr, text.len, &hint, &error), error);
            return new SecureSignHint(hint);
        }

        /// <summary>The signature that it brings, not verified.</summary>
        /// <returns>A copy of the bytes; null if none.</returns>
        public byte[]? Signature() => (byte[]?)signature?.Clone();

        /// <summary>Frees the claim.</summary>
        public void Dispose() => Handle.Dispose();
    }

    /// <summary>A signature over the stored digest, verified with the certificate that was given.</summary>
    public sealed unsafe class SecureSignResult
    {
        private readonly byte[] signature;

        private SecureSignResult(countermark_securesign_result_view view)
        {
            RequestId = Utf8.Text(view.request_id);
            signature = Utf8.BytesOrNull(view.signature) ?? new byte[0];
            CertificateSerial = Utf8.Text(view.certificate_serial);
            OnceKey = new StoreKey(Utf8.Text(view.once_key), view.once_ttl_s);
        }

        /// <summary>The id of the request.</summary>
        public string RequestId { get; }

        /// <summary>The serial number of the certificate, in lower-case hex.</summary>
        public string CertificateSerial { get; }

        /// <summary>The key to reserve before acting on the result; if it is held already, answer AlreadyConsumed.</summary>
        public StoreKey OnceKey { get; }

        /// <summary>The signature.</summary>
        /// <returns>A copy of the bytes.</returns>
        public byte[] Signature() => (byte[])signature.Clone();

        internal static SecureSignResult Take(countermark_securesign_result* result)
        {
            try
            {
                countermark_securesign_result_view view;
                countermark_error* error;
                Fault.Check(countermark_securesign_result_read(result, &view, &error), error);
                return new SecureSignResult(view);
            }
            finally
            {
                countermark_securesign_result_free(result);
            }
        }
    }
}
