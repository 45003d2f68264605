using System;
using System.Collections.Generic;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>
    /// A webhook whose signature and time are good. Made by <see cref="WebhookVerifier"/> only. Immutable; may be shared between threads.
    /// Dispose of it when you have read it.
    /// </summary>
    public sealed unsafe class VerifiedWebhook : IDisposable
    {
        private readonly byte[] body;
        private ResultOwner? owner;
        private Content? content;

        internal VerifiedWebhook(ResultOwner owner, byte[] body)
        {
            this.owner = owner;
            this.body = body;
        }

        /// <summary>The id of the scheme.</summary>
        public string Scheme => Read().Scheme;

        /// <summary>The id of the key that matched.</summary>
        public string KeyId => Read().KeyId;

        /// <summary>The message id; null where the scheme signs none.</summary>
        public string? MessageId => Read().MessageId;

        /// <summary>The signed time, in Unix milliseconds; null where the scheme signs none.</summary>
        public long? TimestampMs => Read().TimestampMs;

        /// <summary>The names of what the signature covers, such as <c>body</c>. None for a static token.</summary>
        public IReadOnlyList<string> Covers => Read().Covers;

        /// <summary>The parameters or fields that the signature covers, for schemes that sign some of them.</summary>
        public IReadOnlyList<KeyValuePair<string, string>> Fields => Read().Fields;

        /// <summary>The key under which a second copy is known; null for a static token. Reserve it before anything is done.</summary>
        public string? ReplayKey => Read().ReplayKey;

        /// <summary>Until when to keep the replay key, in Unix milliseconds; null if no time was checked: the same message would be accepted
        /// for ever.</summary>
        public long? ReplayUntilMs => Read().ReplayUntilMs;

        /// <summary>Whether the signature covers the whole body.</summary>
        public bool CoversBody => Read().CoversBody;

        /// <summary>The body, where the signature covers it.</summary>
        /// <returns>The array that was verified, not a copy; empty where the signature does not cover it.</returns>
        public byte[] Body() => CoversBody ? body : new byte[0];

        /// <summary>The body where the signature does <i>not</i> cover it. Anybody on the way may have written it.</summary>
        /// <returns>The array that was given, not a copy; empty where the signature covers it.</returns>
        public byte[] UnsignedBody() => CoversBody ? new byte[0] : body;

        /// <summary>Frees the content.</summary>
        public void Dispose() => ResultOwner.Release(ref owner);

        /// <summary>Read in one call when somebody asks; two threads that ask at once read the same.</summary>
        private Content Read()
        {
            Content? read = content;
            if (read == null)
            {
                using ResultOwner.Held held = ResultOwner.Hold(ref owner, nameof(VerifiedWebhook));
                countermark_verified_webhook_view view;
                countermark_error* error;
                Fault.Check(countermark_verified_webhook_read(held.Webhook, &view, &error), error);
                content = read = new Content(view);
            }
            return read;
        }

        private sealed class Content
        {
            internal Content(countermark_verified_webhook_view view)
            {
                Scheme = Utf8.Text(view.scheme);
                KeyId = Utf8.Text(view.key_id);
                MessageId = Utf8.TextOrNull(view.message_id);
                ReplayKey = Utf8.TextOrNull(view.replay_key);
                TimestampMs = Option.Time(view.timestamp_ms);
                ReplayUntilMs = Option.Time(view.replay_until_ms);
                Fields = Utf8.Pairs(view.fields, view.fields_len);
                Covers = Utf8.Texts(view.covers, view.covers_len);
                CoversBody = view.covers_body != 0;
            }

            internal string Scheme { get; }

            internal string KeyId { get; }

            internal string? MessageId { get; }

            internal string? ReplayKey { get; }

            internal long? TimestampMs { get; }

            internal long? ReplayUntilMs { get; }

            internal IReadOnlyList<KeyValuePair<string, string>> Fields { get; }

            internal IReadOnlyList<string> Covers { get; }

            internal bool CoversBody { get; }
        }
    }
}
