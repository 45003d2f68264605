using System;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>Makes links that open the phone app on a login, for a page that is read on the phone itself. Immutable; may be shared between
    /// threads.</summary>
    public sealed unsafe class AppLink : IDisposable
    {
        private readonly AppLinkHandle handle;

        /// <summary>Links for an app.</summary>
        /// <param name="scheme">The URL scheme of a branded app; null: the vendor's.</param>
        /// <param name="idServer"><c>host[:port]</c> of the server that the phone talks to.</param>
        /// <exception cref="CountermarkException">InvalidInput for a scheme that is no app's; InvalidUrl for a server with more than host and
        /// port.</exception>
        public AppLink(string? scheme, string idServer)
        {
            Library.Check();
            using var arena = Arena.Rent();
            countermark_str app = arena.Text(scheme);
            countermark_str server = arena.Text(idServer ?? throw new ArgumentNullException(nameof(idServer)));
            countermark_app_link* made;
            countermark_error* error;
            Fault.Check(countermark_app_link_new(app.ptr, app.len, server.ptr, server.len, &made, &error), error);
            handle = new AppLinkHandle(made);
        }

        /// <summary>The link that opens a session in the app and returns to a page afterwards. It gives nobody the session.</summary>
        /// <param name="secSignId">The SecSign ID.</param>
        /// <param name="authSessionId">The number of the session.</param>
        /// <param name="returnUrl">The page.</param>
        /// <returns>The link.</returns>
        /// <exception cref="CountermarkException">InvalidSecsignId; InvalidInput for an invalid session number, or a return URL that is not
        /// absolute https.</exception>
        public string Authenticate(string secSignId, string authSessionId, string returnUrl)
        {
            using var arena = Arena.Rent();
            countermark_str id = arena.Text(secSignId ?? throw new ArgumentNullException(nameof(secSignId)));
            countermark_str session = arena.Text(authSessionId ?? throw new ArgumentNullException(nameof(authSessionId)));
            countermark_str url = arena.Text(returnUrl ?? throw new ArgumentNullException(nameof(returnUrl)));
            using NativeHandle.Borrowed app = handle.Borrow();
            countermark_bytes* link;
            countermark_error* error;
            int status = countermark_app_link_authenticate(
                (countermark_app_link*)app.Pointer, id.ptr, id.len, session.ptr, session.len, url.ptr, url.len, &link, &error);
            Fault.Check(status, error);
            return Owned.Text(link);
        }

        /// <summary>Frees the link maker.</summary>
        public void Dispose() => handle.Dispose();
    }

    /// <summary>Where to go after a login.</summary>
    public static unsafe class ReturnUrl
    {
        /// <summary>The page that a visitor asked for, if it stays on the site; else another.</summary>
        /// <param name="baseUrl">The site's own origin, from configuration.</param>
        /// <param name="candidate">What the visitor's request says.</param>
        /// <param name="fallback">Where to go otherwise.</param>
        /// <returns>The address.</returns>
        /// <exception cref="CountermarkException">InvalidUrl if <paramref name="baseUrl"/> is no origin; InvalidConfig if
        /// <paramref name="fallback"/> does not stay on it.</exception>
        public static string Safe(string baseUrl, string candidate, string fallback)
        {
            Library.Check();
            using var arena = Arena.Rent();
            countermark_str origin = arena.Text(baseUrl ?? throw new ArgumentNullException(nameof(baseUrl)));
            countermark_str asked = arena.Text(candidate ?? throw new ArgumentNullException(nameof(candidate)));
            countermark_str other = arena.Text(fallback ?? throw new ArgumentNullException(nameof(fallback)));
            countermark_bytes* url;
            countermark_error* error;
            int status = countermark_safe_return_url(
                origin.ptr, origin.len, asked.ptr, asked.len, other.ptr, other.len, &url, &error);
            Fault.Check(status, error);
            return Owned.Text(url);
        }
    }
}
