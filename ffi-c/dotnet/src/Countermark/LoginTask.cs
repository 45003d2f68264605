using System;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>How an exchange failed.</summary>
    public enum TransportFailure
    {
        /// <summary>The server did not answer in time.</summary>
        Timeout = COUNTERMARK_FAILURE_TIMEOUT,

        /// <summary>Name not resolved, connection refused, reset or cut.</summary>
        Unreachable = COUNTERMARK_FAILURE_UNREACHABLE,

        /// <summary>The TLS handshake failed.</summary>
        Tls = COUNTERMARK_FAILURE_TLS,
    }

    /// <summary>How far a request that failed had come.</summary>
    public enum TransportPhase
    {
        /// <summary>Certainly no byte of the request reached the server.</summary>
        NotSent = COUNTERMARK_PHASE_NOT_SENT,

        /// <summary>The server may have seen the request. Say this whenever it is not certain.</summary>
        MaybeSent = COUNTERMARK_PHASE_MAYBE_SENT,
    }

    /// <summary>
    /// One task on a login as a step machine, for those who bring their own transport: send what <see cref="Poll"/> says, feed what comes
    /// back, until it is done. <see cref="LoginClient"/> does that over HTTP. One owner; no two calls at the same time.
    /// </summary>
    public sealed unsafe class LoginTask : IStepMachine, IDisposable
    {
        private readonly LoginHandle handle;

        private LoginTask(countermark_login* native)
        {
            handle = new LoginHandle(native);
        }

        private delegate int Start(countermark_login_service* service, countermark_auth_session* session, countermark_login** login, countermark_error** error);

        /// <summary>How often a request was sent anew, for a log.</summary>
        public int Retries
        {
            get
            {
                using NativeHandle.Borrowed login = handle.Borrow();
                return (int)countermark_login_retries((countermark_login*)login.Pointer);
            }
        }

        /// <summary>Starts a login for a user. Its result is the challenge.</summary>
        /// <param name="service">The service.</param>
        /// <param name="secSignId">The SecSign ID.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <returns>The task.</returns>
        /// <exception cref="CountermarkException">InvalidSecsignId.</exception>
        public static LoginTask Begin(LoginService service, string secSignId, long nowMs)
        {
            using var arena = Arena.Rent();
            countermark_str id = arena.Text(secSignId ?? throw new ArgumentNullException(nameof(secSignId)));
            using NativeHandle.Borrowed native = (service ?? throw new ArgumentNullException(nameof(service))).Handle.Borrow();
            countermark_login* login;
            countermark_error* error;
            int status = countermark_login_begin((countermark_login_service*)native.Pointer, id.ptr, id.len, nowMs, &login, &error);
            Fault.Check(status, error);
            return new LoginTask(login);
        }

        /// <summary>Asks once how the user decided.</summary>
        /// <param name="service">The service.</param>
        /// <param name="session">The session.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <returns>The task.</returns>
        /// <exception cref="CountermarkException">UnknownHandle if the session was not opened for this service.</exception>
        public static LoginTask Check(LoginService service, AuthSession session, long nowMs) =>
            Of(service, session, (native, opened, login, error) => countermark_login_check(native, opened, nowMs, login, error));

        /// <summary>Asks until the user has decided, the session has ended, or the deadline is reached.</summary>
        /// <param name="service">The service.</param>
        /// <param name="session">The session.</param>
        /// <param name="deadlineMs">The deadline, in Unix milliseconds; null: none.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <returns>The task.</returns>
        /// <exception cref="CountermarkException">UnknownHandle if the session was not opened for this service.</exception>
        public static LoginTask Wait(LoginService service, AuthSession session, long? deadlineMs, long nowMs) =>
            Of(service, session, (native, opened, login, error) => countermark_login_wait(native, opened, deadlineMs ?? Option.AlwaysAfter, nowMs, login, error));

        /// <summary>Withdraws the session, so that the phone stops asking.</summary>
        /// <param name="service">The service.</param>
        /// <param name="session">The session.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <returns>The task.</returns>
        /// <exception cref="CountermarkException">UnknownHandle if the session was not opened for this service.</exception>
        public static LoginTask Cancel(LoginService service, AuthSession session, long nowMs) =>
            Of(service, session, (native, opened, login, error) => countermark_login_cancel(native, opened, nowMs, login, error));

        /// <summary>Gives an approved session back.</summary>
        /// <param name="service">The service.</param>
        /// <param name="session">The session.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <returns>The task.</returns>
        /// <exception cref="CountermarkException">UnknownHandle if the session was not opened for this service.</exception>
        public static LoginTask Release(LoginService service, AuthSession session, long nowMs) =>
            Of(service, session, (native, opened, login, error) => countermark_login_release(native, opened, nowMs, login, error));

        /// <inheritdoc/>
        public LoginStep Poll(long nowMs)
        {
            using NativeHandle.Borrowed login = handle.Borrow();
            countermark_step step;
            countermark_error* error;
            Fault.Check(countermark_login_poll((countermark_login*)login.Pointer, nowMs, &step, &error), error);
            return new LoginStep(step);
        }

        /// <inheritdoc/>
        public void OnResponse(long httpStatus, byte[] body, long nowMs)
        {
            using var arena = Arena.Rent();
            countermark_str bytes = arena.Bytes(body ?? throw new ArgumentNullException(nameof(body)));
            using NativeHandle.Borrowed login = handle.Borrow();
            countermark_error* error;
            int status = countermark_login_on_response(
                (countermark_login*)login.Pointer, httpStatus, bytes.ptr, bytes.len, nowMs, &error);
            Fault.Check(status, error);
        }

        /// <inheritdoc/>
        public void OnTransportError(TransportFailure failure, TransportPhase phase, long nowMs)
        {
            using NativeHandle.Borrowed login = handle.Borrow();
            countermark_error* error;
            int status = countermark_login_on_transport_error((countermark_login*)login.Pointer, (int)failure, (int)phase, nowMs, &error);
            Fault.Check(status, error);
        }

        /// <inheritdoc/>
        public void OnStore(ErrorCode? refusal, long nowMs)
        {
            using NativeHandle.Borrowed login = handle.Borrow();
            countermark_error* error;
            int status = countermark_login_on_store((countermark_login*)login.Pointer, (int)(refusal ?? 0), nowMs, &error);
            Fault.Check(status, error);
        }

        /// <summary>Stops: a wait still sends the cancel request. Poll on until done.</summary>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        public void Abort(long nowMs)
        {
            using NativeHandle.Borrowed login = handle.Borrow();
            countermark_error* error;
            Fault.Check(countermark_login_abort((countermark_login*)login.Pointer, nowMs, &error), error);
        }

        /// <summary>What a begun login gave.</summary>
        /// <returns>The challenge.</returns>
        /// <exception cref="CountermarkException">What went wrong; WrongState before the last step, and for other tasks than begin.</exception>
        public Challenge GetChallenge()
        {
            using NativeHandle.Borrowed login = handle.Borrow();
            countermark_challenge* challenge;
            countermark_error* error;
            Fault.Check(countermark_login_challenge((countermark_login*)login.Pointer, &challenge, &error), error);
            return new Challenge(challenge);
        }

        /// <summary>How the login stands.</summary>
        /// <returns>The result.</returns>
        /// <exception cref="CountermarkException">What went wrong; WrongState before the last step.</exception>
        public LoginResult GetResult()
        {
            using NativeHandle.Borrowed login = handle.Borrow();
            countermark_login_outcome outcome;
            countermark_error* error;
            Fault.Check(countermark_login_get_outcome((countermark_login*)login.Pointer, &outcome, &error), error);
            return new LoginResult(outcome);
        }

        /// <summary>Who approved, or an exception that says why nobody did.</summary>
        /// <returns>The SecSign ID, by the server's statement.</returns>
        /// <exception cref="CountermarkException">LoginPending, LoginDenied, LoginExpired, LoginSuspended, LoginCanceled or LoginInvalid; what
        /// went wrong; WrongState before the last step.</exception>
        public string RequireApproved()
        {
            using NativeHandle.Borrowed login = handle.Borrow();
            countermark_str secSignId;
            countermark_error* error;
            Fault.Check(countermark_login_require_approved((countermark_login*)login.Pointer, &secSignId, &error), error);
            return Utf8.Text(secSignId);
        }

        /// <summary>Frees the task.</summary>
        public void Dispose() => handle.Dispose();

        private static LoginTask Of(LoginService service, AuthSession session, Start start)
        {
            using NativeHandle.Borrowed native = (service ?? throw new ArgumentNullException(nameof(service))).Handle.Borrow();
            using NativeHandle.Borrowed opened = (session ?? throw new ArgumentNullException(nameof(session))).Handle.Borrow();
            countermark_login* login;
            countermark_error* error;
            int status = start((countermark_login_service*)native.Pointer, (countermark_auth_session*)opened.Pointer, &login, &error);
            Fault.Check(status, error);
            return new LoginTask(login);
        }
    }
}
