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

        /// <summary>The work is done: the key stays taken to the end of its time. Nothing happens if it is not held.</summary>
        /// <param name="key">The key.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <returns>The task.</returns>
        Task CommitAsync(string key, CancellationToken cancellationToken);

        /// <summary>Whether the work is done: a webhook that comes again is then answered with a success, and else refused, since the first may fail
        /// yet.</summary>
        /// <param name="key">The key.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <returns>False also if the key is not held.</returns>
        Task<bool> IsCommittedAsync(string key, CancellationToken cancellationToken);

        /// <summary>Frees a key before its time: the work failed and may be tried again. Nothing happens if it is not held, or committed.</summary>
        /// <param name="key">The key.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <returns>The task.</returns>
        Task ReleaseAsync(string key, CancellationToken cancellationToken);
    }
}
