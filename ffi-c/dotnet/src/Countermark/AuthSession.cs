using System;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>A session that was opened here. There is no constructor from numbers: it comes from a login that was begun, or from a
    /// <see cref="SessionSealer"/>. Immutable; may be shared between threads.</summary>
    public sealed unsafe class AuthSession : IDisposable
    {
        internal AuthSession(countermark_auth_session* native)
        {
            Handle = new AuthSessionHandle(native);
        }

        private delegate countermark_str View(countermark_auth_session* session);

        /// <summary>The SecSign ID that the session was opened for. Not proof of anybody's approval.</summary>
        public string SecSignId => Read(countermark_auth_session_secsign_id);

        /// <summary>The number of the session at the server: a signed 64-bit integer as text. With the SecSign ID and a third number it is the
        /// handle.</summary>
        public string AuthSessionId => Read(countermark_auth_session_auth_session_id);

        /// <summary>The name of the service that the session was opened for.</summary>
        public string ServiceName => Read(countermark_auth_session_service_name);

        /// <summary>The address of the service that the session was opened for.</summary>
        public string ServiceAddress => Read(countermark_auth_session_service_address);

        /// <summary>When the session was opened, in Unix milliseconds.</summary>
        public long CreatedAtMs
        {
            get
            {
                using NativeHandle.Borrowed session = Handle.Borrow();
                return countermark_auth_session_created_at_ms((countermark_auth_session*)session.Pointer);
            }
        }

        internal AuthSessionHandle Handle { get; }

        /// <summary>Frees the session's numbers. The login itself goes on.</summary>
        public void Dispose() => Handle.Dispose();

        private string Read(View view)
        {
            using NativeHandle.Borrowed session = Handle.Borrow();
            return Utf8.Text(view((countermark_auth_session*)session.Pointer));
        }
    }

    /// <summary>A login that has begun: what to show.</summary>
    public sealed unsafe class Challenge : IDisposable
    {
        private readonly byte[]? png;

        internal Challenge(countermark_challenge* native)
        {
            try
            {
                Session = new AuthSession(countermark_challenge_session(native));
                png = Utf8.BytesOrNull(countermark_challenge_access_pass_png(native));
                AccessPassDataUri = Utf8.TextOrNull(countermark_challenge_access_pass_data_uri(native));
            }
            finally
            {
                countermark_challenge_free(native);
            }
        }

        /// <summary>The session.</summary>
        public AuthSession Session { get; }

        /// <summary>The access pass as a <c>data:</c> URI for the <c>src</c> of an <c>img</c>; null for sessions that are only confirmed.</summary>
        public string? AccessPassDataUri { get; }

        /// <summary>The access pass as a PNG file.</summary>
        /// <returns>A copy of the bytes; null for sessions that are only confirmed.</returns>
        public byte[]? AccessPassPng() => (byte[]?)png?.Clone();

        /// <summary>Disposes of the session.</summary>
        public void Dispose() => Session.Dispose();
    }
}
