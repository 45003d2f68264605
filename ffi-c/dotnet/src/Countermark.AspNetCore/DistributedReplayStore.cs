using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Caching.Distributed;

namespace Countermark.AspNetCore
{
    /// <summary>
    /// Keeps keys in an <see cref="IDistributedCache"/>. Not atomic across servers: the interface has only get and set, so two servers that ask
    /// for one key in the same moment may both get it. Within this process calls take turns. A cache that evicts forgets keys early.
    /// </summary>
    public sealed class DistributedReplayStore : IReplayStore, IDisposable
    {
        private static readonly byte[] Taken = { 1 };
        private readonly IDistributedCache cache;
        private readonly SemaphoreSlim turn = new SemaphoreSlim(1);

        /// <summary>A store in a cache.</summary>
        /// <param name="cache">The cache.</param>
        public DistributedReplayStore(IDistributedCache cache) => this.cache = cache;

        /// <inheritdoc/>
        public async Task<bool> ReserveAsync(string key, long untilMs, long nowMs, CancellationToken cancellationToken)
        {
            // A cache keeps no key whose time is over, so a second copy would find none.
            if (untilMs < nowMs)
            {
                throw CountermarkException.Of(ErrorCode.TimestampTooOld);
            }
            await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (await cache.GetAsync(key, cancellationToken).ConfigureAwait(false) != null)
                {
                    return false;
                }
                var options = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = Life(untilMs, nowMs) };
                await cache.SetAsync(key, Taken, options, cancellationToken).ConfigureAwait(false);
                return true;
            }
            finally
            {
                turn.Release();
            }
        }

        /// <inheritdoc/>
        public Task ReleaseAsync(string key, CancellationToken cancellationToken) => cache.RemoveAsync(key, cancellationToken);

        /// <summary>By the caller's clock, in whole seconds, since Redis drops the rest of one, and one second more, since the end is inclusive.</summary>
        private static TimeSpan Life(long untilMs, long nowMs)
        {
            double seconds = Math.Ceiling(((double)untilMs - nowMs) / 1000) + 1;
            // .NET's dates have an end of their own; a day before it there is room for every clock.
            double most = Math.Floor((DateTimeOffset.MaxValue - DateTimeOffset.UtcNow).TotalSeconds) - 86_400;
            return TimeSpan.FromSeconds(Math.Min(seconds, most));
        }

        /// <inheritdoc/>
        public void Dispose() => turn.Dispose();
    }
}
