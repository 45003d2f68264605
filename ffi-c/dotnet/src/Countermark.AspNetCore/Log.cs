using System;
using Microsoft.Extensions.Logging;

namespace Countermark.AspNetCore
{
    /// <summary>Every line that is logged. None holds a secret, a handle, a query or a body.</summary>
    internal static class Log
    {
        internal static readonly Action<ILogger, string, string, string, Exception?> Refused = LoggerMessage.Define<string, string, string>(
            LogLevel.Warning, new EventId(1, nameof(Refused)), "{Kind} refused: {Error} {Detail}");

        internal static readonly Action<ILogger, string, string, Exception?> Verified = LoggerMessage.Define<string, string>(
            LogLevel.Debug, new EventId(2, nameof(Verified)), "{Kind} verified with key {KeyId}");

        internal static readonly Action<ILogger, string, string, Exception?> StoreFailed = LoggerMessage.Define<string, string>(
            LogLevel.Error, new EventId(3, nameof(StoreFailed)), "{Kind}: the replay store failed at {Step}");

        internal static readonly Action<ILogger, string, Exception?> LoginEnded = LoggerMessage.Define<string>(
            LogLevel.Information, new EventId(4, nameof(LoginEnded)), "login {Outcome}");

        internal static readonly Action<ILogger, string, string, Exception?> LoginFailed = LoggerMessage.Define<string, string>(
            LogLevel.Warning, new EventId(5, nameof(LoginFailed)), "login failed: {Error} {Detail}");

        internal static readonly Action<ILogger, string, string, Exception?> UnusableKey = LoggerMessage.Define<string, string>(
            LogLevel.Warning, new EventId(6, nameof(UnusableKey)), "webhook {Name}: key {KeyId} cannot be used");

        internal static void Refusal(ILogger logger, string kind, CountermarkException refusal) =>
            Refused(logger, kind, refusal.Name, refusal.Detail, null);
    }
}
