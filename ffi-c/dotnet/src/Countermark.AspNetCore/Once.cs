using System;
using System.Threading;
using System.Threading.Tasks;

namespace Countermark.AspNetCore
{
    /// <summary>Reserves a replay key, and says what stands against it.</summary>
    internal static class Once
    {
        internal static async Task ReserveAsync(IReplayStore store, string key, long untilMs, CancellationToken cancellationToken)
        {
            bool reserved;
            try
            {
                long nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
                reserved = await store.ReserveAsync(key, untilMs, nowMs, cancellationToken).ConfigureAwait(false);
            }
            // A store that gave up by itself is out of reach; only the caller's token ends the request.
            catch (Exception failure) when (!(failure is CountermarkException) && !cancellationToken.IsCancellationRequested)
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
