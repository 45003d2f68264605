using System;
using System.Net.Http;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;
using Countermark.Native;

namespace Countermark
{
    /// <summary>
    /// Logs users in with SecSign ID: the library's step machine over <see cref="HttpClient"/>, with what must happen once kept in a store. May
    /// be shared between threads; make one for each service.
    /// </summary>
    /// <remarks>
    /// When a <see cref="CancellationToken"/> stops a call, the call still withdraws the session if it began it or waited for the user, and then
    /// throws <see cref="OperationCanceledException"/>.
    /// </remarks>
    public sealed class LoginClient
    {
        /// <summary>.NET Standard 2.0 has no name for it.</summary>
        private const SslProtocols Tls13 = (SslProtocols)12288;

        private readonly HttpClient http;
        private readonly LoginService service;
        private readonly IReplayStore store;

        /// <summary>A client with a store in the memory of this process: for sites with one.</summary>
        /// <param name="http">Sends the requests. Its handler should follow no redirect and keep no cookie: <see cref="CreateHandler"/>.</param>
        /// <param name="options">The settings.</param>
        /// <exception cref="CountermarkException">InvalidUrl, InvalidConfig, InvalidInput; the detail names the setting.</exception>
        public LoginClient(HttpClient http, LoginOptions options)
            : this(http, options, new MemoryReplayStore())
        {
        }

        /// <summary>A client.</summary>
        /// <param name="http">Sends the requests. Its handler should follow no redirect and keep no cookie: <see cref="CreateHandler"/>.</param>
        /// <param name="options">The settings.</param>
        /// <param name="store">Keeps what may happen once, for all servers of the site.</param>
        /// <exception cref="CountermarkException">InvalidUrl, InvalidConfig, InvalidInput; the detail names the setting.</exception>
        public LoginClient(HttpClient http, LoginOptions options, IReplayStore store)
        {
            this.http = http ?? throw new ArgumentNullException(nameof(http));
            this.store = store ?? throw new ArgumentNullException(nameof(store));
            service = new LoginService(options);
        }

        /// <summary>A handler that fits: it follows no redirect, keeps no cookie, and speaks TLS 1.2 or later.</summary>
        /// <remarks>Where a platform's handler cannot be told which TLS it may speak, the platform decides. It has no time-out of its own for reaching the server; that of the whole exchange holds. .NET Core 2.1 and later have
        /// <c>SocketsHttpHandler</c>, which .NET Standard 2.0 cannot name: make one with the same settings, and
        /// <see cref="LoginService.ConnectTimeout"/> as its <c>ConnectTimeout</c>. Countermark.AspNetCore does.</remarks>
        /// <returns>The handler. It may be changed: proxy, certificates.</returns>
        public static HttpClientHandler CreateHandler()
        {
            var handler = new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false };
            try
            {
                handler.SslProtocols = Enum.IsDefined(typeof(SslProtocols), Tls13) ? SslProtocols.Tls12 | Tls13 : SslProtocols.Tls12;
            }
            catch (NotSupportedException)
            {
                // Some of .NET Framework have the property for its name only.
            }
            return handler;
        }

        /// <summary>Starts a login: the phone asks the user.</summary>
        /// <param name="secSignId">The SecSign ID that was typed.</param>
        /// <param name="cancellationToken">Stops the call. A start that is on its way is finished first, and its session withdrawn: nobody would know it,
        /// and the phone would ask.</param>
        /// <returns>What to show. Seal its session for the visitor, or keep it at the server.</returns>
        /// <exception cref="CountermarkException">InvalidSecsignId; Busy if a login for this ID is open; what the server or the network did.</exception>
        public async Task<Challenge> BeginAsync(string secSignId, CancellationToken cancellationToken = default)
        {
            using LoginTask login = LoginTask.Begin(service, secSignId, Clock.NowMs);
            await new StepDriver(http, store).StartAsync(login, cancellationToken).ConfigureAwait(false);
            Challenge challenge;
            try
            {
                challenge = login.GetChallenge();
            }
            catch (CountermarkException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw;
            }
            if (cancellationToken.IsCancellationRequested)
            {
                using (challenge)
                {
                    await WithdrawAsync(challenge.Session).ConfigureAwait(false);
                }
                throw new OperationCanceledException(cancellationToken);
            }
            return challenge;
        }

        /// <summary>Asks once how the user decided. An approval is given out once: the second call gets AlreadyConsumed.</summary>
        /// <param name="session">The session.</param>
        /// <param name="cancellationToken">Stops the call.</param>
        /// <returns>How the login stands.</returns>
        /// <exception cref="CountermarkException">UnknownHandle, AlreadyConsumed, IdentityMismatch; what the server or the network did.</exception>
        public Task<LoginResult> CheckAsync(AuthSession session, CancellationToken cancellationToken = default) =>
            ResultAsync(LoginTask.Check(service, session, Clock.NowMs), cancellationToken);

        /// <summary>Asks until the user has decided, the session has ended, or the time is over.</summary>
        /// <param name="session">The session.</param>
        /// <param name="timeout">How long to wait at most; null or <see cref="Timeout.InfiniteTimeSpan"/>: as long as the
        /// session lives.</param>
        /// <param name="cancellationToken">Stops the call, and withdraws the session.</param>
        /// <returns>How the login stands.</returns>
        /// <exception cref="CountermarkException">As <see cref="CheckAsync"/>.</exception>
        public Task<LoginResult> WaitAsync(AuthSession session, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        {
            long nowMs = Clock.NowMs;
            long? deadlineMs = timeout == null || timeout == Timeout.InfiniteTimeSpan ? (long?)null : nowMs + (long)timeout.Value.TotalMilliseconds;
            return ResultAsync(LoginTask.Wait(service, session, deadlineMs, nowMs), cancellationToken);
        }

        /// <summary>Withdraws the session, so that the phone stops asking.</summary>
        /// <param name="session">The session.</param>
        /// <param name="cancellationToken">Stops the call.</param>
        /// <returns>The task.</returns>
        /// <exception cref="CountermarkException">What the server or the network did.</exception>
        public Task CancelAsync(AuthSession session, CancellationToken cancellationToken = default) =>
            ResultAsync(LoginTask.Cancel(service, session, Clock.NowMs), cancellationToken);

        /// <summary>Gives an approved session back. Whatever the server says, it is released.</summary>
        /// <param name="session">The session.</param>
        /// <param name="cancellationToken">Stops the call.</param>
        /// <returns>The task.</returns>
        public async Task ReleaseAsync(AuthSession session, CancellationToken cancellationToken = default)
        {
            using LoginTask login = LoginTask.Release(service, session, Clock.NowMs);
            await DriveAsync(login, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        /// <summary>A session that cannot be withdrawn expires.</summary>
        private async Task WithdrawAsync(AuthSession session)
        {
            try
            {
                await CancelAsync(session, CancellationToken.None).ConfigureAwait(false);
            }
            catch (CountermarkException)
            {
                // The caller is told that the call was stopped.
            }
        }

        private async Task<LoginResult> ResultAsync(LoginTask task, CancellationToken cancellationToken)
        {
            using LoginTask login = task;
            await DriveAsync(login, cancellationToken).ConfigureAwait(false);
            LoginResult result;
            try
            {
                result = login.GetResult();
            }
            catch (CountermarkException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw;
            }
            if (result.Outcome != LoginOutcome.Approved)
            {
                // An approval that arrived all the same is given out: it is used by now, and could not be had again.
                cancellationToken.ThrowIfCancellationRequested();
            }
            return result;
        }

        private Task DriveAsync(LoginTask login, CancellationToken cancellationToken) => new StepDriver(http, store).RunAsync(login, cancellationToken);
    }
}
