using System;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
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
            using var arena = Arena.Rent();
            countermark_login_config config = options.Native(arena);
            countermark_login_service* made;
            countermark_error* error;
            Fault.Check(countermark_login_service_new(&config, &made, &error), error);
            Handle = new LoginServiceHandle(made);
        }

        /// <summary>Time to reach a server: <see cref="LoginOptions.ConnectTimeoutMs"/>, or the library's default. For the handler of the
        /// <see cref="System.Net.Http.HttpClient"/>, see <see cref="LoginClient.CreateHandler"/>.</summary>
        public TimeSpan ConnectTimeout
        {
            get
            {
                using NativeHandle.Borrowed service = Handle.Borrow();
                return TimeSpan.FromMilliseconds(countermark_login_service_connect_timeout_ms((countermark_login_service*)service.Pointer));
            }
        }

        internal LoginServiceHandle Handle { get; }

        /// <summary>Frees the configuration. Logins that were begun with it live on.</summary>
        public void Dispose() => Handle.Dispose();
    }
}
