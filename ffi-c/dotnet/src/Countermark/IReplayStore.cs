using System.Threading;
using System.Threading.Tasks;

namespace Countermark
{
    /// <summary>Keeps what may happen once. Several servers of one site share one store.</summary>
    public interface IReplayStore
    {
        /// <summary>Takes a key, if nobody holds it. Must be atomic: of two calls with one key at most one gets true.</summary>
        /// <param name="key">ASCII text that is no secret.</param>
        /// <param name="untilMs">Until when to keep it, in Unix milliseconds, inclusive.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <returns>False if the key is held. Throws if the store cannot be asked: then nothing may be accepted.</returns>
        Task<bool> ReserveAsync(string key, long untilMs, long nowMs, CancellationToken cancellationToken);

        /// <summary>Frees a key before its time. Nothing happens if it is not held.</summary>
        /// <param name="key">The key.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <returns>The task.</returns>
        Task ReleaseAsync(string key, CancellationToken cancellationToken);
    }
}
