using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>Verifies webhooks of one scheme. Immutable; may be shared between threads. Make one at start.</summary>
    public sealed unsafe class WebhookVerifier : IDisposable
    {
        private readonly WebhookVerifierHandle handle;
        private readonly HeaderNames names;

        /// <summary>Prepares the keys. A key that cannot be used does not mask the good ones: see <see cref="UnusableKeys"/>.</summary>
        /// <param name="options">The settings; copied.</param>
        /// <exception cref="CountermarkException">UnknownScheme, InvalidConfig, InvalidSecret, Unsupported.</exception>
        public WebhookVerifier(WebhookOptions options)
        {
            if (options == null)
            {
                throw new ArgumentNullException(nameof(options));
            }
            Library.Check();
            using var arena = Arena.Rent();
            countermark_webhook_config config = options.Native(arena);
            countermark_webhook_verifier* made;
            countermark_error* error;
            Fault.Check(countermark_webhook_verifier_new(&config, &made, &error), error);
            handle = new WebhookVerifierHandle(made);
            names = new HeaderNames(made);
        }

        /// <summary>The ids of keys that could not be used. Tell the operator.</summary>
        /// <returns>The ids.</returns>
        public IReadOnlyList<string> UnusableKeys()
        {
            using NativeHandle.Borrowed verifier = handle.Borrow();
            var ids = new List<string>();
            while (Utf8.TextOrNull(countermark_webhook_verifier_unusable_key((countermark_webhook_verifier*)verifier.Pointer, (UIntPtr)ids.Count)) is string id)
            {
                ids.Add(id);
            }
            return ids;
        }

        /// <summary>Whether <see cref="KeepUntilMs"/> needs to be told how long to keep a key: the scheme signs no time, or it is not checked.
        /// Not for a token, which has no key.</summary>
        public bool NeedsKeep
        {
            get
            {
                using NativeHandle.Borrowed verifier = handle.Borrow();
                return countermark_webhook_verifier_needs_keep((countermark_webhook_verifier*)verifier.Pointer) == 1;
            }
        }

        /// <summary>Checks the origin that a site is configured with, and perhaps a prefix of the path that a proxy takes away. For adapters of
        /// web frameworks.</summary>
        /// <param name="origin"><c>https://host[:port]</c> or <c>http://…</c>; null for none.</param>
        /// <returns>What stands before the path in the URL that senders call; empty where none is needed and none is given.</returns>
        /// <exception cref="CountermarkException">InvalidConfig for a text that is no origin, and for none where the scheme signs the URL.</exception>
        public string SiteOrigin(string? origin)
        {
            using NativeHandle.Borrowed verifier = handle.Borrow();
            using var arena = Arena.Rent();
            countermark_str given = arena.Text(origin);
            countermark_bytes* site;
            countermark_error* error;
            Fault.Check(
                countermark_webhook_verifier_site_origin((countermark_webhook_verifier*)verifier.Pointer, given.ptr, given.len, &site, &error),
                error);
            return Owned.Text(site);
        }

        /// <summary>Verifies a request by the system's clock.</summary>
        /// <param name="request">The request, with all headers as they arrived.</param>
        /// <param name="body">The raw bytes of the body: never one that was parsed and written again.</param>
        /// <returns>What was verified. Reserve its <see cref="VerifiedWebhook.ReplayKey"/> before anything is done.</returns>
        /// <exception cref="VerificationException">The first fault.</exception>
        public VerifiedWebhook Verify(WebhookRequest request, byte[] body) => Verify(request, body, Clock.NowMs);

        /// <summary>As <see cref="Verify(WebhookRequest, byte[])"/>, by another clock.</summary>
        /// <param name="request">The request.</param>
        /// <param name="body">The raw bytes of the body.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <returns>What was verified.</returns>
        /// <exception cref="VerificationException">The first fault.</exception>
        public VerifiedWebhook Verify(WebhookRequest request, byte[] body, long nowMs)
        {
            int status = Call(request, body, nowMs, out ResultOwner? verified, out countermark_error* error);
            Fault.Check(status, error);
            return new VerifiedWebhook(verified!, body);
        }

        /// <summary>As <see cref="Verify(WebhookRequest, byte[])"/>, without an exception for a request that is not good.</summary>
        /// <param name="request">The request.</param>
        /// <param name="body">The raw bytes of the body.</param>
        /// <param name="verified">What was verified; null if the request is not good.</param>
        /// <param name="code">Why it is not good; <see cref="ErrorCode.None"/> if it is.</param>
        /// <returns>Whether the request is good.</returns>
        public bool TryVerify(WebhookRequest request, byte[] body, [NotNullWhen(true)] out VerifiedWebhook? verified, out ErrorCode code)
        {
            int status = Call(request, body, Clock.NowMs, out ResultOwner? owner, out countermark_error* error);
            code = Fault.Code(status, error);
            verified = owner == null ? null : new VerifiedWebhook(owner, body);
            return status == 0;
        }

        /// <summary>Until when to keep the replay key of a webhook, in Unix milliseconds.</summary>
        /// <param name="replayUntilMs">Its <see cref="VerifiedWebhook.ReplayUntilMs"/>.</param>
        /// <param name="keep">How long to keep it from now; null if the site does not say. Needed where no time was checked, and worth giving where
        /// messages have an id (Standard Webhooks, Svix): their senders send one again under its id with a new time.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <returns>The later of both.</returns>
        /// <exception cref="CountermarkException">InvalidConfig when nothing says how long a copy could come, or if <paramref name="keep"/> is not
        /// above zero.</exception>
        public static long KeepUntilMs(long? replayUntilMs, TimeSpan? keep, long nowMs)
        {
            Library.Check();
            long untilMs;
            countermark_error* error;
            long keepSeconds = Option.Span(keep == null ? (long?)null : WholeSeconds(keep.Value));
            Fault.Check(countermark_webhook_keep_until_ms(replayUntilMs ?? Option.NoTime, keepSeconds, nowMs, &untilMs, &error), error);
            return untilMs;
        }

        /// <summary>A part of a second counts as a whole one: a key may be kept longer, but not shorter.</summary>
        private static long WholeSeconds(TimeSpan span) =>
            (span.Ticks / TimeSpan.TicksPerSecond) + (span.Ticks % TimeSpan.TicksPerSecond > 0 ? 1 : 0);

        /// <summary>Frees the keys. What was verified lives on.</summary>
        public void Dispose() => handle.Dispose();

        private int Call(WebhookRequest request, byte[] body, long nowMs, out ResultOwner? verified, out countermark_error* error)
        {
            if (request == null)
            {
                throw new ArgumentNullException(nameof(request));
            }
            if (body == null)
            {
                throw new ArgumentNullException(nameof(body));
            }
            using Arena arena = Arena.Rent();
            using NativeHandle.Borrowed verifier = handle.Borrow();
            countermark_webhook_request native;
            request.Native(&native, arena, names);
            fixed (byte* bytes = body)
            {
                countermark_verified_webhook* made;
                countermark_error* fault;
                int status = countermark_webhook_verifier_verify(
                    (countermark_webhook_verifier*)verifier.Pointer, &native, bytes, (UIntPtr)body.Length, nowMs, &made, &fault);
                verified = status == 0 ? ResultOwner.Of(made, arena.Spare) : null;
                error = fault;
                return status;
            }
        }
    }
}
