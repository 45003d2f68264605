using System;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>A key for a store of things that may happen once, with the time to keep it.</summary>
    public sealed class StoreKey
    {
        internal StoreKey(string key, int ttlSeconds)
        {
            Key = key;
            TtlSeconds = ttlSeconds;
        }

        /// <summary>ASCII text. It holds no handle that could be used.</summary>
        public string Key { get; }

        /// <summary>How long to keep it, in seconds.</summary>
        public int TtlSeconds { get; }
    }

    /// <summary>A checked configuration of logins. Immutable; may be shared between threads.</summary>
    public sealed unsafe class LoginService : IDisposable
    {
        /// <summary>Checks a configuration.</summary>
        /// <param name="options">The settings; copied.</param>
        /// <exception cref="CountermarkException">InvalidUrl, InvalidConfig, InvalidInput; the detail names the setting.</exception>
        public LoginService(LoginOptions options)
        {
            if (options == null)
            {
                throw new ArgumentNullException(nameof(options));
            }
            Library.Check();
            using var arena = new Arena();
            countermark_login_config config = options.Native(arena);
            countermark_login_service* made;
            countermark_error* error;
            Fault.Check(countermark_login_service_new(&config, &made, &error), error);
            Handle = new LoginServiceHandle(made);
        }

        internal LoginServiceHandle Handle { get; }

        /// <summary>The key to reserve before a login for an ID starts; if it is held already, answer Busy and send nothing. Release it when
        /// the login was approved or canceled, and leave it to its time otherwise. <see cref="LoginClient"/> does.</summary>
        /// <param name="secSignId">The SecSign ID.</param>
        /// <returns>The key.</returns>
        /// <exception cref="CountermarkException">InvalidSecsignId.</exception>
        public StoreKey InFlightKey(string secSignId)
        {
            using var arena = new Arena();
            countermark_str id = arena.Text(secSignId ?? throw new ArgumentNullException(nameof(secSignId)));
            using NativeHandle.Borrowed service = Handle.Borrow();
            countermark_store_key* key;
            countermark_error* error;
            int status = countermark_login_in_flight_key((countermark_login_service*)service.Pointer, id.ptr, id.len, &key, &error);
            Fault.Check(status, error);
            return Take(key);
        }

        /// <summary>The key to reserve when a login was approved, before anybody is logged in; if it is held already, answer
        /// AlreadyConsumed. <see cref="LoginClient"/> does.</summary>
        /// <param name="session">The session.</param>
        /// <returns>The key.</returns>
        public StoreKey OnceKey(AuthSession session)
        {
            if (session == null)
            {
                throw new ArgumentNullException(nameof(session));
            }
            using NativeHandle.Borrowed service = Handle.Borrow();
            using NativeHandle.Borrowed opened = session.Handle.Borrow();
            countermark_store_key* key;
            countermark_error* error;
            int status = countermark_login_once_key(
                (countermark_login_service*)service.Pointer, (countermark_auth_session*)opened.Pointer, &key, &error);
            Fault.Check(status, error);
            return Take(key);
        }

        /// <summary>Frees the configuration. Logins that were begun with it live on.</summary>
        public void Dispose() => Handle.Dispose();

        private static StoreKey Take(countermark_store_key* key)
        {
            try
            {
                return new StoreKey(Utf8.Text(countermark_store_key_text(key)), (int)countermark_store_key_ttl_s(key));
            }
            finally
            {
                countermark_store_key_free(key);
            }
        }
    }
}
