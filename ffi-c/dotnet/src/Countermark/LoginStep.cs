using System.Collections.Generic;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>What kind of thing a task wants.</summary>
    public enum LoginStepKind
    {
        /// <summary>Send the request, then report the answer or the failure.</summary>
        Send = COUNTERMARK_STEP_SEND,

        /// <summary>Poll again at <see cref="LoginStep.UntilMs"/> or later.</summary>
        Wait = COUNTERMARK_STEP_WAIT,

        /// <summary>Read the result.</summary>
        Done = COUNTERMARK_STEP_DONE,

        /// <summary>Take <see cref="LoginStep.Key"/> in the store until <see cref="LoginStep.UntilMs"/>, then report what the store said.</summary>
        Reserve = COUNTERMARK_STEP_RESERVE,

        /// <summary>Free <see cref="LoginStep.Key"/> in the store, then report what the store said.</summary>
        Release = COUNTERMARK_STEP_RELEASE,
    }

    /// <summary>A request to send exactly as it stands, once: no redirect, no repetition, no cookie. It holds session handles: never log it.</summary>
    public sealed unsafe class LoginRequest
    {
        private readonly byte[] body;

        internal LoginRequest(countermark_step step)
        {
            Method = Utf8.Text(step.method);
            Url = Utf8.Text(step.url);
            body = Utf8.BytesOrNull(step.body) ?? new byte[0];
            ConnectTimeoutMs = (int)step.connect_timeout_ms;
            TotalTimeoutMs = (int)step.total_timeout_ms;
            MaxReplyBytes = (int)step.max_reply_bytes;
            var headers = new List<KeyValuePair<string, string>>();
            for (int at = 0; at < (int)step.headers_len; at++)
            {
                headers.Add(new KeyValuePair<string, string>(Utf8.Text(step.headers[at].name), Utf8.Text(step.headers[at].value)));
            }
            Headers = headers;
        }

        /// <summary>The method.</summary>
        public string Method { get; }

        /// <summary>The absolute address.</summary>
        public string Url { get; }

        /// <summary>The headers.</summary>
        public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

        /// <summary>Time to reach the server, in milliseconds.</summary>
        public int ConnectTimeoutMs { get; }

        /// <summary>Time for the whole exchange, in milliseconds.</summary>
        public int TotalTimeoutMs { get; }

        /// <summary>Longest body of the answer to read; if there is more, feed one byte more than this.</summary>
        public int MaxReplyBytes { get; }

        /// <summary>The body.</summary>
        /// <returns>A copy of the bytes.</returns>
        public byte[] Body() => (byte[])body.Clone();
    }

    /// <summary>What a step machine wants next.</summary>
    public sealed class LoginStep
    {
        internal LoginStep(countermark_step step)
        {
            Kind = (LoginStepKind)step.kind;
            UntilMs = step.until_ms;
            Key = Utf8.TextOrNull(step.key);
            Request = Kind == LoginStepKind.Send ? new LoginRequest(step) : null;
        }

        /// <summary>The kind.</summary>
        public LoginStepKind Kind { get; }

        /// <summary>The time to poll again, for a <see cref="LoginStepKind.Wait"/>; until when to keep the key, for a
        /// <see cref="LoginStepKind.Reserve"/>. In Unix milliseconds.</summary>
        public long UntilMs { get; }

        /// <summary>What to take or free in the store; else null. It holds no handle that could be used.</summary>
        public string? Key { get; }

        /// <summary>What to send, for a <see cref="LoginStepKind.Send"/>; else null.</summary>
        public LoginRequest? Request { get; }
    }

    /// <summary>A task of the library that wants requests sent.</summary>
    public interface IStepMachine
    {
        /// <summary>What to do now. The answer stays the same until something is fed or the time of a wait has come.</summary>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <returns>The step.</returns>
        LoginStep Poll(long nowMs);

        /// <summary>Feeds the answer to the request. Follow no redirect: feed it. What is wrong with the answer is told by the result.</summary>
        /// <param name="httpStatus">Its HTTP status.</param>
        /// <param name="body">Its whole body.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <exception cref="CountermarkException">WrongState if no request was to be sent.</exception>
        void OnResponse(long httpStatus, byte[] body, long nowMs);

        /// <summary>Feeds a failure of the transport.</summary>
        /// <param name="failure">What went wrong.</param>
        /// <param name="phase">How far the request had come.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <exception cref="CountermarkException">WrongState if no request was to be sent.</exception>
        void OnTransportError(TransportFailure failure, TransportPhase phase, long nowMs);

        /// <summary>Feeds the answer of the store. Only logins store something.</summary>
        /// <param name="refusal">Null when it did as asked; Replayed when the key is taken; else what is wrong with it, such as
        /// StoreUnavailable.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <exception cref="CountermarkException">WrongState if nothing was to be stored.</exception>
        void OnStore(ErrorCode? refusal, long nowMs);
    }
}
