using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>Calls the SecureSign API. May be shared between threads.</summary>
    public sealed class SecureSignClient : IDisposable
    {
        private readonly HttpClient http;

        /// <summary>Checks the settings and the key.</summary>
        /// <param name="http">Sends the requests. Its handler should follow no redirect: <see cref="LoginClient.CreateHandler"/>.</param>
        /// <param name="options">The settings; copied.</param>
        /// <exception cref="CountermarkException">InvalidSecret, WrongEnvironment, InvalidUrl, InvalidConfig; the detail names the setting.</exception>
        public unsafe SecureSignClient(HttpClient http, SecureSignOptions options)
        {
            this.http = http ?? throw new ArgumentNullException(nameof(http));
            Library.Check();
            using var arena = Arena.Rent();
            countermark_securesign_config config = (options ?? throw new ArgumentNullException(nameof(options))).Native(arena);
            countermark_securesign_client* made;
            countermark_error* error;
            Fault.Check(countermark_securesign_client_new(&config, &made, &error), error);
            Handle = new SecureSignClientHandle(made);
        }

        internal SecureSignClientHandle Handle { get; }

        /// <summary>Asks whether key, tenant and origin are good.</summary>
        /// <param name="origin">What the visitor's browser sends as <c>Origin</c>.</param>
        /// <param name="platform"><c>web</c>, <c>mobile_browser</c>, <c>desktop_software</c> or <c>desktop_agent</c>.</param>
        /// <param name="cancellationToken">Stops the call.</param>
        /// <returns>What the server confirmed.</returns>
        /// <exception cref="CountermarkException">What the server or the network did; InvalidOrigin, InvalidInput.</exception>
        public async Task<SecureSignValidation> ValidateAsync(string origin, string platform, CancellationToken cancellationToken = default)
        {
            using SecureSignTask call = SecureSignTask.Validate(this, origin, platform);
            await new StepDriver(http).RunAsync(call, cancellationToken).ConfigureAwait(false);
            return call.GetValidation();
        }

        /// <summary>Opens a signing session.</summary>
        /// <param name="request">What is to be signed.</param>
        /// <param name="cancellationToken">Stops the call.</param>
        /// <returns>The session, with what to keep until the callback comes.</returns>
        /// <exception cref="CountermarkException">What the server or the network did; InvalidInput with the name of the field.</exception>
        public async Task<SecureSignSession> OpenSessionAsync(SecureSignRequest request, CancellationToken cancellationToken = default)
        {
            using SecureSignTask call = SecureSignTask.OpenSession(this, request);
            await new StepDriver(http).RunAsync(call, cancellationToken).ConfigureAwait(false);
            return call.GetSession();
        }

        /// <summary>Builds a deep link without the server.</summary>
        /// <param name="request">What is to be signed.</param>
        /// <param name="withApiKey">Puts the key in, as the vendor's page has it; a live key never.</param>
        /// <returns>The link.</returns>
        /// <exception cref="CountermarkException">InvalidInput with the name of the field; SecretInDeepLink for a live key.</exception>
        public unsafe string DeepLink(SecureSignRequest request, bool withApiKey)
        {
            using var arena = Arena.Rent();
            countermark_securesign_request wanted = (request ?? throw new ArgumentNullException(nameof(request))).Native(arena);
            using NativeHandle.Borrowed client = Handle.Borrow();
            countermark_bytes* link;
            countermark_error* error;
            int status = countermark_securesign_deep_link((countermark_securesign_client*)client.Pointer, &wanted, withApiKey ? 1 : 0, &link, &error);
            Fault.Check(status, error);
            return Owned.Text(link);
        }

        /// <summary>Checks a callback against the request that was kept under its id, by the system's clock.</summary>
        /// <param name="hint">The callback.</param>
        /// <param name="pending">What was kept. If there is nothing under the id, answer UnknownRequest.</param>
        /// <param name="certificateDer">The certificate of the signer. Whoever hands it in vouches for it.</param>
        /// <returns>What was verified. Reserve its <see cref="SecureSignResult.OnceKey"/> before acting on it.</returns>
        /// <exception cref="CountermarkException">UnknownRequest, SessionExpired, Unverified, what the callback claims; InvalidInput for a
        /// kept digest of another length and, like Unsupported, for the certificate.</exception>
        public SecureSignResult Complete(SecureSignHint hint, SecureSignPending pending, byte[] certificateDer) =>
            Complete(hint, pending, certificateDer, Clock.NowMs);

        /// <summary>As <see cref="Complete(SecureSignHint, SecureSignPending, byte[])"/>, by another clock.</summary>
        /// <param name="hint">The callback.</param>
        /// <param name="pending">What was kept.</param>
        /// <param name="certificateDer">The certificate of the signer.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <returns>What was verified.</returns>
        /// <exception cref="CountermarkException">As the other overload.</exception>
        public unsafe SecureSignResult Complete(SecureSignHint hint, SecureSignPending pending, byte[] certificateDer, long nowMs)
        {
            using var arena = Arena.Rent();
            countermark_securesign_pending kept = (pending ?? throw new ArgumentNullException(nameof(pending))).Native(arena);
            countermark_str certificate = arena.Bytes(certificateDer ?? throw new ArgumentNullException(nameof(certificateDer)));
            using NativeHandle.Borrowed client = Handle.Borrow();
            using NativeHandle.Borrowed claim = (hint ?? throw new ArgumentNullException(nameof(hint))).Handle.Borrow();
            countermark_securesign_result* result;
            countermark_error* error;
            int status = countermark_securesign_complete(
                (countermark_securesign_client*)client.Pointer,
                (countermark_securesign_hint*)claim.Pointer,
                &kept,
                certificate.ptr,
                certificate.len,
                nowMs,
                &result,
                &error);
            Fault.Check(status, error);
            return SecureSignResult.Take(result);
        }

        /// <summary>Wipes the key.</summary>
        public void Dispose() => Handle.Dispose();
    }
}
