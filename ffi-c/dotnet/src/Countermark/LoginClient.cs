using System;
using System.Net.Http;
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
    /// When a <see cref="CancellationToken"/> stops a call, the call still withdraws the session if it waited for the user, and then throws
    /// <see cref="OperationCanceledException"/>.
    /// </remarks>
    public sealed class LoginClient
    {
        private readonly HttpClient http;
        private readonly LoginService service;
        private readonly IReplayStore store;
        private readonly bool anyIdMayApprove;

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
            anyIdMayApprove = options.AllowPriorityCode;
        }

        /// <summary>A handler that fits: it follows no redirect and keeps no cookie.</summary>
        /// <returns>The handler. It may be changed: proxy, certificates.</returns>
        public static HttpClientHandler CreateHandler() => new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false };

        /// <summary>Starts a login: the phone asks the user.</summary>
        /// <param name="secSignId">The SecSign ID that was typed.</param>
        /// <param name="cancellationToken">Stops the call.</param>
        /// <returns>What to show. Seal its session for the visitor, or keep it at the server.</returns>
        /// <exception cref="CountermarkException">InvalidSecsignId; Busy if a login for this ID is open; what the server or the network did.</exception>
        public async Task<Challenge> BeginAsync(string secSignId, CancellationToken cancellationToken = default)
        {
            StoreKey guard = service.InFlightKey(secSignId);
            using LoginTask login = LoginTask.Begin(service, secSignId, Clock.NowMs);
            await ReserveAsync(guard, Clock.NowMs, ErrorCode.Busy, cancellationToken).ConfigureAwait(false);
            try
            {
                await new StepDriver(http).RunAsync(login, cancellationToken).ConfigureAwait(false);
                return login.GetChallenge();
            }
            catch (Exception failure)
            {
                // A session may exist at the server unless nothing was sent, or the server itself refused.
                if (!login.MayHaveBeenSent || failure is ServerException { ServerError: string _ })
                {
                    await ReleaseAsync(guard).ConfigureAwait(false);
                }
                cancellationToken.ThrowIfCancellationRequested();
                throw;
            }
        }

        /// <summary>Asks once how the user decided. An approval is given out once: the second call gets AlreadyConsumed.</summary>
        /// <param name="session">The session.</param>
        /// <param name="cancellationToken">Stops the call.</param>
        /// <returns>How the login stands.</returns>
        /// <exception cref="CountermarkException">UnknownHandle, AlreadyConsumed, IdentityMismatch; what the server or the network did.</exception>
        public Task<LoginResult> CheckAsync(AuthSession session, CancellationToken cancellationToken = default) =>
            FinishAsync(session, LoginTask.Check(service, session, Clock.NowMs), cancellationToken);

        /// <summary>Asks until the user has decided, the session has ended, or the time is over.</summary>
        /// <param name="session">The session.</param>
        /// <param name="timeout">How long to wait at most; null: as long as the session lives.</param>
        /// <param name="cancellationToken">Stops the call, and withdraws the session.</param>
        /// <returns>How the login stands.</returns>
        /// <exception cref="CountermarkException">As <see cref="CheckAsync"/>.</exception>
        public Task<LoginResult> WaitAsync(AuthSession session, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        {
            long nowMs = Clock.NowMs;
            long? deadlineMs = timeout == null ? (long?)null : nowMs + (long)timeout.Value.TotalMilliseconds;
            return FinishAsync(session, LoginTask.Wait(service, session, deadlineMs, nowMs), cancellationToken);
        }

        /// <summary>Withdraws the session, so that the phone stops asking.</summary>
        /// <param name="session">The session.</param>
        /// <param name="cancellationToken">Stops the call.</param>
        /// <returns>The task.</returns>
        /// <exception cref="CountermarkException">What the server or the network did.</exception>
        public Task CancelAsync(AuthSession session, CancellationToken cancellationToken = default) =>
            FinishAsync(session, LoginTask.Cancel(service, session, Clock.NowMs), cancellationToken);

        /// <summary>Gives an approved session back. Whatever the server says, it is released.</summary>
        /// <param name="session">The session.</param>
        /// <param name="cancellationToken">Stops the call.</param>
        /// <returns>The task.</returns>
        public async Task ReleaseAsync(AuthSession session, CancellationToken cancellationToken = default)
        {
            using LoginTask login = LoginTask.Release(service, session, Clock.NowMs);
            await new StepDriver(http).RunAsync(login, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        private async Task<LoginResult> FinishAsync(AuthSession session, LoginTask task, CancellationToken cancellationToken)
        {
            using LoginTask login = task;
            var driver = new StepDriver(http);
            await driver.RunAsync(login, cancellationToken).ConfigureAwait(false);
            try
            {
                LoginResult result = login.GetResult();
                if (!result.IsOpen)
                {
                    await EndAsync(session, result, driver.RequestMs).ConfigureAwait(false);
                }
                return result;
            }
            finally
            {
                // An approval that arrived all the same is not lost: the exception goes before it, and the session stays consumed.
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        /// <summary>Of all calls that see an end, the first one ends the session here.</summary>
        private async Task EndAsync(AuthSession session, LoginResult result, long requestMs)
        {
            // A clock that was set back must not let the key end before the session does.
            long fromMs = Math.Max(Clock.NowMs, session.CreatedAtMs);
            try
            {
                await ReserveAsync(service.OnceKey(session), fromMs, ErrorCode.AlreadyConsumed, CancellationToken.None).ConfigureAwait(false);
            }
            catch (ReplayException) when (result.Outcome != LoginOutcome.Approved)
            {
                return;
            }
            StoreKey guard = service.InFlightKey(session.SecSignId);
            if (result.Outcome != LoginOutcome.Suspended && Holds(guard, session, requestMs))
            {
                await ReleaseAsync(guard).ConfigureAwait(false);
            }
        }

        /// <summary>Whether the guard can only be this session's: it was taken at most one start before the session was opened, and after its
        /// time another session may hold it.</summary>
        private bool Holds(StoreKey guard, AuthSession session, long startMs) =>
            !anyIdMayApprove && Clock.NowMs - session.CreatedAtMs < (guard.TtlSeconds * 1000L) - startMs;

        private async Task ReserveAsync(StoreKey key, long fromMs, ErrorCode taken, CancellationToken cancellationToken)
        {
            long untilMs = fromMs + (key.TtlSeconds * 1000L);
            if (!await store.ReserveAsync(key.Key, untilMs, Clock.NowMs, cancellationToken).ConfigureAwait(false))
            {
                throw Fault.Of(taken);
            }
        }

        private async Task ReleaseAsync(StoreKey key)
        {
            try
            {
                await store.ReleaseAsync(key.Key, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // If the store cannot be reached, the key is free after its time.
            }
        }
    }
}
