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
                // One millisecond more, since the end is inclusive; .NET's dates have an end of their own.
                long endMs = Math.Min(untilMs, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() - 1) + 1;
                var options = new DistributedCacheEntryOptions { AbsoluteExpiration = DateTimeOffset.FromUnixTimeMilliseconds(endMs) };
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

        /// <inheritdoc/>
        public void Dispose() => turn.Dispose();
    }
}
