using System;
using System.Globalization;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;

namespace Countermark.AspNetCore
{
    /// <summary>
    /// Keeps keys in an <see cref="IDistributedCache"/>. Not atomic across servers: the interface has only get and set, so two servers that ask
    /// for one key in the same moment may both get it. Within this process calls take turns. A cache that evicts forgets keys early.
    /// A login does not take it: two that begin for one ID freeze it.
    /// </summary>
    public sealed class DistributedReplayStore : IReplayStore, IDisposable
    {
        /// <summary>Kept of a key whose work is done. Before, it is the end of its time in ticks, and a random text behind a blank; older versions kept
        /// a byte that is no digit.</summary>
        private const string Committed = "committed";

        /// <summary>When to give a key back again that could not be: a client that has just failed connects again first.</summary>
        private static readonly int[] ForgetAfterMs = { 0, 200, 1000, 5000 };

        /// <summary>As many are given back at a time: a cache that is away would gather one for each request. Those beyond stay taken to the end of
        /// their time.</summary>
        private const int ForgottenAtOnce = 256;
        private readonly IDistributedCache cache;

        /// <summary>What this process has taken and not yet settled, to the end of its time. Those of links are never settled.</summary>
        private readonly MemoryCache taken = new MemoryCache(new MemoryCacheOptions { SizeLimit = 10_000 });
        private readonly SemaphoreSlim turn = new SemaphoreSlim(1);
        private int forgotten;

        /// <summary>A store in a cache.</summary>
        /// <param name="cache">The cache.</param>
        public DistributedReplayStore(IDistributedCache cache) => this.cache = cache ?? throw new ArgumentNullException(nameof(cache));

        /// <inheritdoc/>
        public Task<bool> ReserveAsync(string key, long untilMs, long nowMs, CancellationToken cancellationToken) => InTurnAsync(cancellationToken, async () =>
        {
            // A cache keeps no key whose time is over, so a second copy would find none.
            if (untilMs < nowMs)
            {
                throw CountermarkException.Of(ErrorCode.TimestampTooOld);
            }
            if (await GetAsync(key, cancellationToken).ConfigureAwait(false) != null)
            {
                return false;
            }
            // The end by the clock that a commit will have, which need not be the caller's.
            DateTimeOffset now = DateTimeOffset.UtcNow;
            TimeSpan life = Life(untilMs, nowMs, now);
            string kept = (now + life).UtcTicks.ToString(CultureInfo.InvariantCulture) + " " + Guid.NewGuid().ToString("N");
            try
            {
                await SetAsync(key, kept, life, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                Forget(key, kept);
                throw;
            }
            taken.Set(key, kept, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = life });
            return true;
        });

        /// <inheritdoc/>
        public Task CommitAsync(string key, CancellationToken cancellationToken) => InTurnAsync(cancellationToken, async () =>
        {
            taken.Remove(key);
            string? kept = await GetAsync(key, cancellationToken).ConfigureAwait(false);
            if (!long.TryParse(kept?.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long endTicks))
            {
                return false;
            }
            var rest = new TimeSpan(endTicks - DateTimeOffset.UtcNow.UtcTicks);
            if (rest <= TimeSpan.Zero)
            {
                return false;
            }
            await SetAsync(key, Committed, rest, cancellationToken).ConfigureAwait(false);
            return true;
        });

        /// <inheritdoc/>
        public async Task<bool> IsCommittedAsync(string key, CancellationToken cancellationToken) =>
            await GetAsync(key, cancellationToken).ConfigureAwait(false) == Committed;

        /// <inheritdoc/>
        public async Task ReleaseAsync(string key, CancellationToken cancellationToken)
        {
            bool isOwn = taken.TryGetValue(key, out string own);
            taken.Remove(key);
            try
            {
                await InTurnAsync(cancellationToken, async () =>
                {
                    string? kept = await GetAsync(key, cancellationToken).ConfigureAwait(false);
                    if (kept == null || kept == Committed)
                    {
                        return false;
                    }
                    await cache.RemoveAsync(key, cancellationToken).ConfigureAwait(false);
                    return true;
                }).ConfigureAwait(false);
            }
            catch (Exception) when (isOwn)
            {
                Forget(key, own);
                throw;
            }
        }

        /// <summary>What is set though nobody holds it, since the cache was away or its answer got lost, would refuse every retry of the sender. Later
        /// it may be another's, so this needs its value. Nobody waits for it, and it takes no turn: the cache may be away for long.</summary>
        private void Forget(string key, string kept)
        {
            if (Interlocked.Increment(ref forgotten) > ForgottenAtOnce)
            {
                Interlocked.Decrement(ref forgotten);
                return;
            }
            _ = Task.Run(async () =>
            {
                foreach (int afterMs in ForgetAfterMs)
                {
                    await Task.Delay(afterMs).ConfigureAwait(false);
                    if (await IsForgottenAsync(key, kept).ConfigureAwait(false))
                    {
                        break;
                    }
                }
                Interlocked.Decrement(ref forgotten);
            });
        }

        private async Task<bool> IsForgottenAsync(string key, string kept)
        {
            try
            {
                if (await GetAsync(key, CancellationToken.None).ConfigureAwait(false) == kept)
                {
                    await cache.RemoveAsync(key, CancellationToken.None).ConfigureAwait(false);
                }
                return true;
            }
            catch (Exception)
            {
                // The first failure was thrown.
                return false;
            }
        }

        /// <summary>By the caller's clock, in whole seconds, since Redis drops the rest of one, and one second more, since the end is inclusive. That
        /// second is also what Redis drops of the rest of a life, at a commit.</summary>
        private static TimeSpan Life(long untilMs, long nowMs, DateTimeOffset now)
        {
            double seconds = Math.Ceiling(((double)untilMs - nowMs) / 1000) + 1;
            // .NET's dates have an end of their own; a day before it there is room for every clock.
            double most = Math.Floor((DateTimeOffset.MaxValue - now).TotalSeconds) - 86_400;
            return TimeSpan.FromSeconds(Math.Min(seconds, most));
        }

        private async Task<string?> GetAsync(string key, CancellationToken cancellationToken)
        {
            byte[]? kept = await cache.GetAsync(key, cancellationToken).ConfigureAwait(false);
            return kept == null ? null : Encoding.ASCII.GetString(kept);
        }

        private Task SetAsync(string key, string kept, TimeSpan life, CancellationToken cancellationToken) => cache.SetAsync(
            key, Encoding.ASCII.GetBytes(kept), new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = life }, cancellationToken);

        /// <summary>What looks and then writes.</summary>
        private async Task<bool> InTurnAsync(CancellationToken cancellationToken, Func<Task<bool>> step)
        {
            await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await step().ConfigureAwait(false);
            }
            finally
            {
                turn.Release();
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            turn.Dispose();
            taken.Dispose();
        }
    }
}
