using System;
using System.Threading;
using System.Threading.Tasks;
using Countermark;
using Microsoft.Extensions.Logging;

namespace Countermark.AspNetCore
{
    /// <summary>Tells the log why a store failed: of the answer, and of the error of a login, it is no part.</summary>
    internal sealed class LoggedStore : IReplayStore
    {
        private readonly IReplayStore store;
        private readonly ILogger logger;
        private readonly string kind;

        internal LoggedStore(IReplayStore store, ILogger logger, string kind)
        {
            this.store = store;
            this.logger = logger;
            this.kind = kind;
        }

        public Task<bool> ReserveAsync(string key, long untilMs, long nowMs, CancellationToken cancellationToken) =>
            ToldAsync(nameof(ReserveAsync), () => store.ReserveAsync(key, untilMs, nowMs, cancellationToken));

        public Task<bool> IsCommittedAsync(string key, CancellationToken cancellationToken) =>
            ToldAsync(nameof(IsCommittedAsync), () => store.IsCommittedAsync(key, cancellationToken));

        public Task CommitAsync(string key, CancellationToken cancellationToken) => ToldAsync(nameof(CommitAsync), async () =>
        {
            await store.CommitAsync(key, cancellationToken).ConfigureAwait(false);
            return true;
        });

        public Task ReleaseAsync(string key, CancellationToken cancellationToken) => ToldAsync(nameof(ReleaseAsync), async () =>
        {
            await store.ReleaseAsync(key, cancellationToken).ConfigureAwait(false);
            return true;
        });

        private async Task<bool> ToldAsync(string step, Func<Task<bool>> call)
        {
            try
            {
                return await call().ConfigureAwait(false);
            }
            // Who reserves is told what the store says of the key; of the other steps nobody is told anything.
            catch (Exception failure) when (step != nameof(ReserveAsync) || !(failure is CountermarkException))
            {
                Log.StoreFailed(logger, kind, step, failure);
                throw;
            }
        }
    }
}
