using System;
using System.Collections.Generic;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>A key that seals sessions.</summary>
    public sealed class SealKey
    {
        private readonly byte[] secret;

        /// <summary>A key that is always valid.</summary>
        /// <param name="id">Its name, 1 to 255 bytes. It is readable in every token.</param>
        /// <param name="secret">32 random bytes.</param>
        public SealKey(string id, byte[] secret)
        {
            Id = id ?? throw new ArgumentNullException(nameof(id));
            this.secret = (byte[])(secret ?? throw new ArgumentNullException(nameof(secret))).Clone();
        }

        /// <summary>The name of the key.</summary>
        public string Id { get; }

        /// <summary>First millisecond of validity, Unix time; null: no bound.</summary>
        public long? NotBeforeMs { get; set; }

        /// <summary>Last millisecond of validity, Unix time; null: no bound.</summary>
        public long? NotAfterMs { get; set; }

        /// <summary>A key that lives as long as this process: enough for a site with one.</summary>
        /// <returns>The key.</returns>
        public static SealKey CreateRandom() => new SealKey("process", Entropy.Bytes(32));

        internal countermark_seal_key Native(Arena arena) => new countermark_seal_key
        {
            id = arena.Text(Id),
            secret = arena.Bytes(secret),
            not_before_ms = NotBeforeMs ?? Option.AlwaysBefore,
            not_after_ms = NotAfterMs ?? Option.AlwaysAfter,
        };
    }

    /// <summary>Turns a session into an opaque token for one visitor, and back. Immutable; may be shared between threads.</summary>
    public sealed unsafe class SessionSealer : IDisposable
    {
        private const int EntropyBytes = 24;
        private readonly SealerHandle handle;

        /// <summary>The first key that is valid seals, all of them open.</summary>
        /// <param name="keys">The keys; copied.</param>
        /// <param name="serviceName">The name of the login service.</param>
        /// <param name="serviceAddress">The address of the login service.</param>
        /// <exception cref="CountermarkException">InvalidSecret, InvalidConfig.</exception>
        public SessionSealer(IEnumerable<SealKey> keys, string serviceName, string serviceAddress)
        {
            Library.Check();
            using var arena = Arena.Rent();
            var given = new List<SealKey>(keys ?? throw new ArgumentNullException(nameof(keys)));
            var native = (countermark_seal_key*)arena.Take(given.Count * sizeof(countermark_seal_key));
            for (int at = 0; at < given.Count; at++)
            {
                native[at] = given[at].Native(arena);
            }
            countermark_str name = arena.Text(serviceName ?? throw new ArgumentNullException(nameof(serviceName)));
            countermark_str address = arena.Text(serviceAddress ?? throw new ArgumentNullException(nameof(serviceAddress)));
            countermark_sealer* made;
            countermark_error* error;
            int status = countermark_sealer_new(native, (UIntPtr)given.Count, name.ptr, name.len, address.ptr, address.len, &made, &error);
            Fault.Check(status, error);
            handle = new SealerHandle(made);
        }

        /// <summary>Seals a session for one visitor.</summary>
        /// <param name="session">The session.</param>
        /// <param name="binding">What only this visitor's browser has, such as the value of a pre-login cookie.</param>
        /// <returns>base64url text.</returns>
        /// <exception cref="CountermarkException">InvalidInput, HandleExpired, InvalidConfig.</exception>
        public string Seal(AuthSession session, string binding)
        {
            using var arena = Arena.Rent();
            countermark_str bound = arena.Text(binding ?? throw new ArgumentNullException(nameof(binding)));
            countermark_str random = arena.Bytes(Entropy.Bytes(EntropyBytes));
            using NativeHandle.Borrowed sealer = handle.Borrow();
            using NativeHandle.Borrowed opened = (session ?? throw new ArgumentNullException(nameof(session))).Handle.Borrow();
            countermark_bytes* token;
            countermark_error* error;
            int status = countermark_sealer_seal(
                (countermark_sealer*)sealer.Pointer,
                (countermark_auth_session*)opened.Pointer,
                bound.ptr,
                bound.len,
                random.ptr,
                random.len,
                Clock.NowMs,
                &token,
                &error);
            Fault.Check(status, error);
            return Owned.Text(token);
        }

        /// <summary>Opens a token that was sealed here for this visitor, by the system's clock.</summary>
        /// <param name="token">The token, as it came back.</param>
        /// <param name="binding">What the visitor's browser has.</param>
        /// <returns>The session.</returns>
        /// <exception cref="VerificationException">HandleExpired for a true token whose time is over; UnknownHandle for everything else.</exception>
        public AuthSession Open(string token, string binding) => Open(token, binding, Clock.NowMs);

        /// <summary>As <see cref="Open(string, string)"/>, by another clock.</summary>
        /// <param name="token">The token, as it came back.</param>
        /// <param name="binding">What the visitor's browser has.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <returns>The session.</returns>
        /// <exception cref="VerificationException">HandleExpired for a true token whose time is over; UnknownHandle for everything else.</exception>
        public AuthSession Open(string token, string binding, long nowMs)
        {
            using var arena = Arena.Rent();
            countermark_str text = arena.Text(token ?? throw new ArgumentNullException(nameof(token)));
            countermark_str bound = arena.Text(binding ?? throw new ArgumentNullException(nameof(binding)));
            using NativeHandle.Borrowed sealer = handle.Borrow();
            countermark_auth_session* session;
            countermark_error* error;
            int status = countermark_sealer_open(
                (countermark_sealer*)sealer.Pointer, text.ptr, text.len, bound.ptr, bound.len, nowMs, &session, &error);
            Fault.Check(status, error);
            return new AuthSession(session);
        }

        /// <summary>Frees the keys.</summary>
        public void Dispose() => handle.Dispose();
    }
}
