using System;

namespace Countermark
{
    /// <summary>Unix time in milliseconds, as every call takes it.</summary>
    internal static class Clock
    {
        private const long UnixEpochTicks = 621355968000000000;

        internal static long NowMs => (DateTime.UtcNow.Ticks - UnixEpochTicks) / TimeSpan.TicksPerMillisecond;
    }
}
