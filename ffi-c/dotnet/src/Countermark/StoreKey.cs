namespace Countermark
{
    /// <summary>A key for a store of things that may happen once, with the time to keep it.</summary>
    public sealed class StoreKey
    {
        internal StoreKey(string key, long ttlSeconds)
        {
            Key = key;
            TtlSeconds = ttlSeconds;
        }

        /// <summary>ASCII text. It holds no handle that could be used.</summary>
        public string Key { get; }

        /// <summary>How long to keep it, in seconds.</summary>
        public long TtlSeconds { get; }
    }
}
