using System;
using System.Threading;
using System.Threading.Tasks;

namespace Countermark.AspNetCore
{
    /// <summary>Reserves a replay key, and says what stands against it.</summary>
    internal static class Once
    {
        /// <summary>Also where the sender has gone away: a store that is stopped on its way may have taken the key, and the next try were a copy.</summary>
        internal static async Task ReserveAsync(IReplayStore store, string key, long untilMs)
        {
            bool reserved;
            try
            {
                long nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
                reserved = await store.ReserveAsync(key, untilMs, nowMs, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception failure) when (!(failure is CountermarkException))
            {
                throw CountermarkException.Of(ErrorCode.StoreUnavailable);
            }
            if (!reserved)
            {
                throw CountermarkException.Of(ErrorCode.Replayed);
            }
        }
    }
}
