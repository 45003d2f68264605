using System;

namespace Countermark.Native
{
    /// <summary>A thread's own memory for the texts of one call. It is wiped, since headers may be secrets, and is given back before the
    /// next call of the thread.</summary>
    internal ref struct Scratch
    {
        private const int PooledBytes = 16 * 1024;

        [ThreadStatic]
        private static byte[]? pool;

        private readonly int used;

        internal Scratch(int bytes)
        {
            used = bytes;
            Memory = bytes <= PooledBytes ? pool ??= new byte[PooledBytes] : new byte[bytes];
        }

        internal byte[] Memory { get; }

        public void Dispose() => Array.Clear(Memory, 0, used);
    }
}
