using System;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>What the server confirmed.</summary>
    public sealed class SecureSignValidation
    {
        internal SecureSignValidation(countermark_securesign_validation native)
        {
            TenantId = Utf8.Text(native.tenant_id);
            CallsPerMinute = Option.Number(native.rpm);
        }

        /// <summary>The tenant; always the configured one.</summary>
        public string TenantId { get; }

        /// <summary>Calls that the server allows in a minute; null if it did not say.</summary>
        public long? CallsPerMinute { get; }
    }

    /// <summary>A signing session at the server.</summary>
    public sealed class SecureSignSession
    {
        internal SecureSignSession(countermark_securesign_session native, SecureSignPending pending)
        {
            SessionId = Utf8.Text(native.session_id);
            DeepLink = Utf8.Text(native.deep_link);
            ExpiresAtMs = native.expires_at_ms;
            Pending = pending;
        }

        /// <summary>The server's id of it.</summary>
        public string SessionId { get; }

        /// <summary>The link that opens the product; checked, and without a live key.</summary>
        public string DeepLink { get; }

        /// <summary>When it ends, in Unix milliseconds.</summary>
        public long ExpiresAtMs { get; }

        /// <summary>What to keep until the callback comes.</summary>
        public SecureSignPending Pending { get; }
    }

    /// <summary>One exchange with the API as a step machine, for those who bring their own transport. Nothing is sent twice. One owner; no two
    /// calls at the same time.</summary>
    public sealed unsafe class SecureSignTask : IStepMachine, IDisposable
    {
        private readonly SecureSignCallHandle handle;

        private SecureSignTask(countermark_securesign_call* native)
        {
            handle = new SecureSignCallHandle(native);
        }

        /// <summary>Asks whether key, tenant and origin are good.</summary>
        /// <param name="client">The client.</param>
        /// <param name="origin">What the visitor's browser sends as <c>Origin</c>.</param>
        /// <param name="platform"><c>web</c>, <c>mobile_browser</c>, <c>desktop_software</c> or <c>desktop_agent</c>.</param>
        /// <returns>The task.</returns>
        /// <exception cref="CountermarkException">InvalidOrigin, InvalidInput; nothing is sent then.</exception>
        public static SecureSignTask Validate(SecureSignClient client, string origin, string platform)
        {
            using var arena = Arena.Rent();
            countermark_str from = arena.Text(origin ?? throw new ArgumentNullException(nameof(origin)));
            countermark_str kind = arena.Text(platform ?? throw new ArgumentNullException(nameof(platform)));
            using NativeHandle.Borrowed native = (client ?? throw new ArgumentNullException(nameof(client))).Handle.Borrow();
            countermark_securesign_call* call;
            countermark_error* error;
            int status = countermark_securesign_validate(
                (countermark_securesign_client*)native.Pointer, from.ptr, from.len, kind.ptr, kind.len, &call, &error);
            Fault.Check(status, error);
            return new SecureSignTask(call);
        }

        /// <summary>Opens a signing session.</summary>
        /// <param name="client">The client.</param>
        /// <param name="request">What is to be signed.</param>
        /// <returns>The task.</returns>
        /// <exception cref="CountermarkException">InvalidInput with the name of the field; nothing is sent then.</exception>
        public static SecureSignTask OpenSession(SecureSignClient client, SecureSignRequest request)
        {
            using var arena = Arena.Rent();
            countermark_securesign_request wanted = (request ?? throw new ArgumentNullException(nameof(request))).Native(arena);
            using NativeHandle.Borrowed native = (client ?? throw new ArgumentNullException(nameof(client))).Handle.Borrow();
            countermark_securesign_call* call;
            countermark_error* error;
            Fault.Check(countermark_securesign_open_session((countermark_securesign_client*)native.Pointer, &wanted, &call, &error), error);
            return new SecureSignTask(call);
        }

        /// <inheritdoc/>
        public LoginStep Poll(long nowMs)
        {
            using NativeHandle.Borrowed call = handle.Borrow();
            countermark_step step;
            countermark_error* error;
            Fault.Check(countermark_securesign_call_poll((countermark_securesign_call*)call.Pointer, nowMs, &step, &error), error);
            return new LoginStep(step);
        }

        /// <inheritdoc/>
        public void OnResponse(long httpStatus, byte[] body, long nowMs)
        {
            using var arena = Arena.Rent();
            countermark_str bytes = arena.Bytes(body ?? throw new ArgumentNullException(nameof(body)));
            using NativeHandle.Borrowed call = handle.Borrow();
            countermark_error* error;
            int status = countermark_securesign_call_on_response(
                (countermark_securesign_call*)call.Pointer, httpStatus, bytes.ptr, bytes.len, nowMs, &error);
            Fault.Check(status, error);
        }

        /// <inheritdoc/>
        public void OnTransportError(TransportFailure failure, TransportPhase phase, long nowMs)
        {
            using NativeHandle.Borrowed call = handle.Borrow();
            countermark_error* error;
            int status = countermark_securesign_call_on_transport_error(
                (countermark_securesign_call*)call.Pointer, (int)failure, (int)phase, nowMs, &error);
            Fault.Check(status, error);
        }

        /// <inheritdoc/>
        public void OnStore(ErrorCode? refusal, long nowMs) => throw Fault.Of(ErrorCode.WrongState);

        /// <summary>The result of validate: only after HTTP 200 with both flags true and the configured tenant.</summary>
        /// <returns>The result.</returns>
        /// <exception cref="CountermarkException">What went wrong; WrongState before the last step, and for the other call.</exception>
        public SecureSignValidation GetValidation()
        {
            using NativeHandle.Borrowed call = handle.Borrow();
            countermark_securesign_validation validation;
            countermark_error* error;
            Fault.Check(countermark_securesign_call_validation((countermark_securesign_call*)call.Pointer, &validation, &error), error);
            return new SecureSignValidation(validation);
        }

        /// <summary>The session, with a deep link that was checked.</summary>
        /// <returns>The session.</returns>
        /// <exception cref="CountermarkException">What went wrong; WrongState before the last step, and for the other call.</exception>
        public SecureSignSession GetSession()
        {
            using NativeHandle.Borrowed call = handle.Borrow();
            var native = (countermark_securesign_call*)call.Pointer;
            countermark_securesign_pending pending;
            countermark_error* error;
            Fault.Check(countermark_securesign_call_pending(native, &pending, &error), error);
            var kept = new SecureSignPending(
                Utf8.Text(pending.request_id),
                Utf8.Text(pending.algorithm),
                Utf8.BytesOrNull(pending.hash) ?? new byte[0],
                pending.expires_at_ms);
            countermark_securesign_session session;
            Fault.Check(countermark_securesign_call_session(native, &session, &error), error);
            return new SecureSignSession(session, kept);
        }

        /// <summary>Frees the task.</summary>
        public void Dispose() => handle.Dispose();
    }
}
