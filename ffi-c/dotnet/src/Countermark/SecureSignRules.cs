using System;
using System.Collections.Generic;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>SecureSign's codes and rules.</summary>
    public static unsafe class SecureSignRules
    {
        private delegate countermark_str Name(byte* text, UIntPtr length);

        /// <summary>An origin in the exact form of a browser's <c>Origin</c> header: compare it byte by byte.</summary>
        /// <param name="origin">The origin.</param>
        /// <param name="environment"><c>live</c> or <c>test</c>.</param>
        /// <returns>The exact form.</returns>
        /// <exception cref="CountermarkException">InvalidOrigin.</exception>
        public static string Origin(string origin, string environment)
        {
            Library.Check();
            using var arena = Arena.Rent();
            countermark_str from = arena.Text(origin ?? throw new ArgumentNullException(nameof(origin)));
            countermark_str name = arena.Text(environment ?? throw new ArgumentNullException(nameof(environment)));
            countermark_bytes* exact;
            countermark_error* error;
            Fault.Check(countermark_securesign_origin(from.ptr, from.len, name.ptr, name.len, &exact, &error), error);
            return Owned.Text(exact);
        }

        /// <summary>The vendor's name of an error code, such as <c>SS_PIN_INVALID</c>.</summary>
        /// <param name="code">The code as received.</param>
        /// <returns>The name; <c>UNKNOWN</c> for one that is not on the list.</returns>
        public static string CodeName(string code) => Lookup(code, countermark_securesign_code_name);

        /// <summary>Whether and how to try again after an error code.</summary>
        /// <param name="code">The code as received.</param>
        /// <returns><c>no</c>, <c>same_session</c> or <c>new_session</c>.</returns>
        public static string CodeRetry(string code) => Lookup(code, countermark_securesign_code_retry);

        /// <summary>The vendor's name of a PIN status.</summary>
        /// <param name="status">The status as received.</param>
        /// <returns>The name, or <c>UNKNOWN</c>.</returns>
        public static string PinStatusName(string status) => Lookup(status, countermark_securesign_pin_status_name);

        /// <summary>Whether a PIN status permits signing.</summary>
        /// <param name="status">The status as received.</param>
        /// <returns>False for everything unknown.</returns>
        public static bool PinStatusPermitsSigning(string status)
        {
            Library.Check();
            using var arena = Arena.Rent();
            countermark_str text = arena.Text(status ?? throw new ArgumentNullException(nameof(status)));
            return countermark_securesign_pin_status_permits_signing(text.ptr, text.len) != 0;
        }

        /// <summary>Whether a PIN session still holds.</summary>
        /// <param name="lastUseMs">Its last use, in Unix milliseconds.</param>
        /// <param name="idleMs">How long it may be idle, in milliseconds; null: the product's time.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <returns>True while it is used often enough.</returns>
        /// <exception cref="CountermarkException">InvalidConfig for an idle time out of range.</exception>
        public static bool PinSessionIsOpen(long lastUseMs, long? idleMs, long nowMs)
        {
            Library.Check();
            int open;
            countermark_error* error;
            Fault.Check(countermark_securesign_pin_session_is_open(lastUseMs, Option.Span(idleMs), nowMs, &open, &error), error);
            return open != 0;
        }

        /// <summary>How long to wait so that no minute holds more calls than allowed.</summary>
        /// <param name="callsMs">The times of earlier calls, in Unix milliseconds.</param>
        /// <param name="callsPerMinute">Calls that are allowed in a minute.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <returns>Milliseconds; 0: call now.</returns>
        /// <exception cref="CountermarkException">InvalidInput for a number of calls out of range.</exception>
        public static long RateLimitWaitMs(IEnumerable<long> callsMs, long callsPerMinute, long nowMs)
        {
            Library.Check();
            long[] calls = new List<long>(callsMs ?? throw new ArgumentNullException(nameof(callsMs))).ToArray();
            fixed (long* times = calls)
            {
                long waitMs;
                countermark_error* error;
                int status = countermark_securesign_rate_limit_wait_ms(
                    times, (UIntPtr)calls.Length, callsPerMinute, nowMs, &waitMs, &error);
                Fault.Check(status, error);
                return waitMs;
            }
        }

        private static string Lookup(string text, Name lookup)
        {
            Library.Check();
            using var arena = Arena.Rent();
            countermark_str given = arena.Text(text ?? throw new ArgumentNullException(nameof(text)));
            return Utf8.Text(lookup(given.ptr, given.len));
        }
    }
}
