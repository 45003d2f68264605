using System;
using System.Diagnostics.CodeAnalysis;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>Verifies signed queries of one profile. Immutable; may be shared between threads. Make one at start.</summary>
    public sealed unsafe class SignedQueryVerifier : IDisposable
    {
        private readonly QueryVerifierHandle handle;

        /// <summary>Checks the settings and prepares the keys.</summary>
        /// <param name="options">The settings; copied.</param>
        /// <exception cref="CountermarkException">InvalidSecret, WeakSecret, InvalidConfig; the detail names the setting.</exception>
        public SignedQueryVerifier(SignedQueryOptions options)
        {
            if (options == null)
            {
                throw new ArgumentNullException(nameof(options));
            }
            Library.Check();
            using var arena = Arena.Rent();
            countermark_query_config config = options.Native(arena);
            countermark_query_verifier* made;
            countermark_error* error;
            Fault.Check(countermark_query_verifier_new(&config, &made, &error), error);
            handle = new QueryVerifierHandle(made);
        }

        /// <summary>Verifies a query by the system's clock.</summary>
        /// <param name="query">The raw query without its <c>?</c>, exactly as it arrived: never one that was decoded and written again.</param>
        /// <returns>What the query proved. Reserve its <see cref="VerifiedQuery.ReplayKey"/> before anything is done.</returns>
        /// <exception cref="VerificationException">The first fault.</exception>
        public VerifiedQuery Verify(string query) => Verify(query, Clock.NowMs);

        /// <summary>As <see cref="Verify(string)"/>, by another clock.</summary>
        /// <param name="query">The raw query.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <returns>What the query proved.</returns>
        /// <exception cref="VerificationException">The first fault.</exception>
        public VerifiedQuery Verify(string query, long nowMs)
        {
            int status = Call(query, nowMs, out ResultOwner? verified, out countermark_error* error);
            Fault.Check(status, error);
            return new VerifiedQuery(verified!);
        }

        /// <summary>As <see cref="Verify(string)"/>, without an exception for a query that is not good.</summary>
        /// <param name="query">The raw query.</param>
        /// <param name="verified">What the query proved; null if it is not good.</param>
        /// <param name="code">Why it is not good; <see cref="ErrorCode.None"/> if it is.</param>
        /// <returns>Whether the query is good.</returns>
        public bool TryVerify(string query, [NotNullWhen(true)] out VerifiedQuery? verified, out ErrorCode code)
        {
            int status = Call(query, Clock.NowMs, out ResultOwner? owner, out countermark_error* error);
            code = Fault.Code(status, error);
            verified = owner == null ? null : new VerifiedQuery(owner);
            return status == 0;
        }

        /// <summary>Frees the keys. What was verified lives on.</summary>
        public void Dispose() => handle.Dispose();

        private int Call(string query, long nowMs, out ResultOwner? verified, out countermark_error* error)
        {
            if (query == null)
            {
                throw new ArgumentNullException(nameof(query));
            }
            using Arena arena = Arena.Rent();
            countermark_str text;
            arena.Text(query, &text);
            countermark_verified_query* made;
            countermark_error* fault;
            using NativeHandle.Borrowed verifier = handle.Borrow();
            int status = countermark_query_verifier_verify(
                (countermark_query_verifier*)verifier.Pointer, text.ptr, text.len, nowMs, &made, &fault);
            verified = status == 0 ? ResultOwner.Of(made, arena.Spare) : null;
            error = fault;
            return status;
        }
    }
}
