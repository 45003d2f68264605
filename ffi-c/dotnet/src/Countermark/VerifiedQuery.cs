using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>
    /// What a query proved: its signed fields, and nothing else of it. Made by <see cref="SignedQueryVerifier"/> only. Immutable; may be shared
    /// between threads. Dispose of it when you have read it.
    /// </summary>
    public sealed unsafe class VerifiedQuery : IDisposable
    {
        /// <summary>Room on the stack for the name of a field, in bytes.</summary>
        private const int UsualName = 96;

        private ResultOwner? owner;
        private Content? content;

        internal VerifiedQuery(ResultOwner owner) => this.owner = owner;

        /// <summary>All signed fields, in the order of the profile.</summary>
        public IReadOnlyList<KeyValuePair<string, string>> Fields => Read().Fields;

        /// <summary>The id of the key that fits.</summary>
        public string KeyId => Read().KeyId;

        /// <summary>The tenant of that key; null if it has none.</summary>
        public string? Tenant => Read().Tenant;

        /// <summary><c>sha1</c> or <c>hmac-sha256</c>, so that uses of the weak one can be counted.</summary>
        public string Algorithm => Read().Algorithm;

        /// <summary>The key to reserve before anything is done with the query.</summary>
        public string ReplayKey => Read().ReplayKey;

        /// <summary>The signed time, in Unix milliseconds.</summary>
        public long SignedAtMs => Read().SignedAtMs;

        /// <summary>Until when to keep the replay key, in Unix milliseconds.</summary>
        public long ReplayUntilMs => Read().ReplayUntilMs;

        /// <summary>The email that a OneLogin link names, to look the account up with; null for the profile of our own. A claim, not an
        /// identity: the borders between the fields are not signed. Log in what <see cref="CheckProfile"/> or <see cref="CheckKnownEmails"/>
        /// gives.</summary>
        public string? ClaimedEmail => Read().ClaimedEmail;

        /// <summary>The value of a signed field. The email of <see cref="SignedQueryProfile.LegacyOneLoginStrict"/> is only a claim and is not
        /// here.</summary>
        /// <param name="name">Its name.</param>
        /// <exception cref="KeyNotFoundException">No field of this name was signed.</exception>
        public string this[string name] => TryGet(name, out string? value) ? value : throw new KeyNotFoundException(name);

        /// <summary>The value of a signed field.</summary>
        /// <param name="name">Its name.</param>
        /// <param name="value">The value, if there is one.</param>
        /// <returns>False if no field of this name was signed.</returns>
        public bool TryGet(string name, [NotNullWhen(true)] out string? value)
        {
            if (name == null)
            {
                throw new ArgumentNullException(nameof(name));
            }
            if (Utf8.MaxBytes(name) <= UsualName)
            {
                // A name is no secret, so it needs no memory that is wiped.
                byte* start = stackalloc byte[UsualName];
                return TryGet(start, (UIntPtr)Utf8.Encode(name, start), out value);
            }
            using Arena arena = Arena.Rent();
            countermark_str text;
            arena.Text(name, &text);
            return TryGet(text.ptr, text.len, out value);
        }

        /// <summary>The email of a OneLogin link, proven by the names of its account: they must be exactly the signed ones.</summary>
        /// <param name="firstName">The first name of the account of <see cref="ClaimedEmail"/>.</param>
        /// <param name="lastName">Its last name.</param>
        /// <returns>The email. Log in this one.</returns>
        /// <exception cref="CountermarkException">ProfileMismatch; InvalidInput for the profile whose fields cannot be shifted.</exception>
        public string CheckProfile(string firstName, string lastName)
        {
            using var arena = Arena.Rent();
            countermark_str first = arena.Text(firstName ?? throw new ArgumentNullException(nameof(firstName)));
            countermark_str last = arena.Text(lastName ?? throw new ArgumentNullException(nameof(lastName)));
            using ResultOwner.Held held = Hold();
            countermark_str email;
            countermark_error* error;
            int status = countermark_verified_query_check_profile(
                held.Query, first.ptr, first.len, last.ptr, last.len, &email, &error);
            Fault.Check(status, error);
            return Utf8.Text(email);
        }

        /// <summary>The email of a OneLogin link, proven by a look-up: it must be an account, and none of <see cref="AmbiguousEmails"/> may be
        /// one.</summary>
        /// <param name="known">Those of all these emails that your directory has.</param>
        /// <returns>The email. Log in this one.</returns>
        /// <exception cref="CountermarkException">ProfileMismatch; InvalidInput for the profile whose fields cannot be shifted.</exception>
        public string CheckKnownEmails(IEnumerable<string> known)
        {
            using var arena = Arena.Rent();
            countermark_str* views = arena.Texts(known ?? throw new ArgumentNullException(nameof(known)), out UIntPtr count);
            using ResultOwner.Held held = Hold();
            countermark_str email;
            countermark_error* error;
            int status = countermark_verified_query_check_known_emails(
                held.Query, views, count, &email, &error);
            Fault.Check(status, error);
            return Utf8.Text(email);
        }

        /// <summary>The emails that other splits of the same signed text would give.</summary>
        /// <returns>The emails, without the claimed one.</returns>
        public IReadOnlyList<string> AmbiguousEmails()
        {
            using ResultOwner.Held held = Hold();
            var emails = new List<string>();
            while (Utf8.TextOrNull(countermark_verified_query_ambiguous_email(held.Query, (UIntPtr)emails.Count)) is string email)
            {
                emails.Add(email);
            }
            return emails;
        }

        /// <summary>Frees the fields.</summary>
        public void Dispose() => ResultOwner.Release(ref owner);

        private bool TryGet(byte* name, UIntPtr length, [NotNullWhen(true)] out string? value)
        {
            using ResultOwner.Held held = Hold();
            value = Utf8.TextOrNull(countermark_verified_query_get(held.Query, name, length));
            return value != null;
        }

        private ResultOwner.Held Hold() => ResultOwner.Hold(ref owner, nameof(VerifiedQuery));

        /// <summary>Read in one call when somebody asks; two threads that ask at once read the same.</summary>
        private Content Read()
        {
            Content? read = content;
            if (read == null)
            {
                using ResultOwner.Held held = Hold();
                countermark_verified_query_view view;
                countermark_error* error;
                Fault.Check(countermark_verified_query_read(held.Query, &view, &error), error);
                content = read = new Content(view);
            }
            return read;
        }

        private sealed class Content
        {
            internal Content(countermark_verified_query_view view)
            {
                Fields = Utf8.Pairs(view.fields, view.fields_len);
                KeyId = Utf8.Text(view.key_id);
                Tenant = Utf8.TextOrNull(view.tenant);
                Algorithm = Utf8.Text(view.algorithm);
                ReplayKey = Utf8.Text(view.replay_key);
                SignedAtMs = view.signed_at_ms;
                ReplayUntilMs = view.replay_until_ms;
                ClaimedEmail = Utf8.TextOrNull(view.claimed_email);
            }

            internal IReadOnlyList<KeyValuePair<string, string>> Fields { get; }

            internal string KeyId { get; }

            internal string? Tenant { get; }

            internal string Algorithm { get; }

            internal string ReplayKey { get; }

            internal long SignedAtMs { get; }

            internal long ReplayUntilMs { get; }

            internal string? ClaimedEmail { get; }
        }
    }
}
