using System;
using System.Threading;
using System.Threading.Tasks;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>A bounded store in the memory of this process: for sites with one. It refuses rather than forget a key before its time.
    /// May be shared between threads.</summary>
    public sealed unsafe class MemoryReplayStore : IReplayStore, IDisposable
    {
        private readonly ReplayMemoryHandle handle;

        /// <summary>A store of the library's default size.</summary>
        public MemoryReplayStore()
            : this((long?)null)
        {
        }

        /// <summary>A store for so many keys.</summary>
        /// <param name="capacity">The number of keys.</param>
        /// <exception cref="CountermarkException">InvalidConfig unless it is a number that the library takes.</exception>
        public MemoryReplayStore(long capacity)
            : this((long?)capacity)
        {
        }

        private MemoryReplayStore(long? capacity)
        {
            Library.Check();
            countermark_replay_memory* made;
            countermark_error* error;
            Fault.Check(countermark_replay_memory_new(Option.Span(capacity), &made, &error), error);
            handle = new ReplayMemoryHandle(made);
        }

        private delegate int Question(countermark_replay_memory* memory, byte* key, UIntPtr length, int* answer, countermark_error** error);

        /// <summary>How many keys are held, for monitoring.</summary>
        public int Count
        {
            get
            {
                using NativeHandle.Borrowed memory = handle.Borrow();
                return (int)countermark_replay_memory_size((countermark_replay_memory*)memory.Pointer);
            }
        }

        /// <summary>Takes a key until <paramref name="untilMs"/>, inclusive.</summary>
        /// <param name="key">The key.</param>
        /// <param name="untilMs">Until when to keep it, in Unix milliseconds.</param>
        /// <param name="nowMs">The time, in Unix milliseconds.</param>
        /// <exception cref="CountermarkException">Replayed when it is taken; TimestampTooOld; StoreUnavailable when the memory is full;
        /// InvalidInput.</exception>
        public void Reserve(string key, long untilMs, long nowMs)
        {
            int status = TryReserve(key, untilMs, nowMs, out countermark_error* error);
            Fault.Check(status, error);
        }

        /// <summary>Keeps a key to the end of its time.</summary>
        /// <param name="key">The key.</param>
        /// <returns>False if the key is not held.</returns>
        public bool Commit(string key) => Ask(key, countermark_replay_memory_commit);

        /// <summary>Whether the work of a key is done.</summary>
        /// <param name="key">The key.</param>
        /// <returns>False also if the key is not held.</returns>
        public bool IsCommitted(string key) => Ask(key, countermark_replay_memory_is_committed);

        /// <summary>Frees a key that is taken and not committed.</summary>
        /// <param name="key">The key.</param>
        /// <returns>False if there is none.</returns>
        public bool Release(string key) => Ask(key, countermark_replay_memory_release);

        /// <inheritdoc/>
        public Task<bool> ReserveAsync(string key, long untilMs, long nowMs, CancellationToken cancellationToken)
        {
            int status = TryReserve(key, untilMs, nowMs, out countermark_error* error);
            if (status == (int)ErrorCode.Replayed)
            {
                countermark_error_free(error);
                return Task.FromResult(false);
            }
            return status == 0 ? Task.FromResult(true) : Task.FromException<bool>(Fault.Take(status, error));
        }

        /// <inheritdoc/>
        public Task CommitAsync(string key, CancellationToken cancellationToken)
        {
            Commit(key);
            return Task.CompletedTask;
        }

        /// <inheritdoc/>
        public Task<bool> IsCommittedAsync(string key, CancellationToken cancellationToken) => Task.FromResult(IsCommitted(key));

        /// <inheritdoc/>
        public Task ReleaseAsync(string key, CancellationToken cancellationToken)
        {
            Release(key);
            return Task.CompletedTask;
        }

        /// <summary>Frees the memory.</summary>
        public void Dispose() => handle.Dispose();

        private int TryReserve(string key, long untilMs, long nowMs, out countermark_error* error)
        {
            using var arena = Arena.Rent();
            countermark_str text = arena.Text(key ?? throw new ArgumentNullException(nameof(key)));
            using NativeHandle.Borrowed memory = handle.Borrow();
            countermark_error* fault;
            int status = countermark_replay_memory_reserve((countermark_replay_memory*)memory.Pointer, text.ptr, text.len, untilMs, nowMs, &fault);
            error = fault;
            return status;
        }

        private bool Ask(string key, Question question)
        {
            using var arena = Arena.Rent();
            countermark_str text = arena.Text(key ?? throw new ArgumentNullException(nameof(key)));
            using NativeHandle.Borrowed memory = handle.Borrow();
            int answer;
            countermark_error* error;
            Fault.Check(question((countermark_replay_memory*)memory.Pointer, text.ptr, text.len, &answer, &error), error);
            return answer != 0;
        }
    }
}
