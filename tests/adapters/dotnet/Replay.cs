using System;
using System.Linq;
using Newtonsoft.Json.Linq;

namespace Countermark.Adapter
{
    internal static class Replay
    {
        internal static JObject Run(Fields fields)
        {
            if (fields.Text("store") != "memory")
            {
                throw new BadRequestException();
            }
            long? capacity = fields.NumberOrNull("capacity");
            if (capacity < 0 || capacity > uint.MaxValue)
            {
                throw new BadRequestException();
            }
            using MemoryReplayStore store = capacity == null ? new MemoryReplayStore() : new MemoryReplayStore(capacity.Value);
            return new JObject { ["results"] = new JArray(fields.Objects("events").Select(item => Step(store, item)).ToList()) };
        }

        private static JToken Step(MemoryReplayStore store, Fields item)
        {
            string key = item.Text("key");
            try
            {
                switch (item.Text("op"))
                {
                    case "reserve":
                        long nowMs = item.Number("now_ms");
                        store.Reserve(key, checked(nowMs + (item.Number("ttl_s") * 1000)), nowMs);
                        return true;
                    case "commit":
                        return store.Commit(key);
                    case "is_committed":
                        return store.IsCommitted(key);
                    case "release":
                        return store.Release(key);
                    default:
                        throw new BadRequestException();
                }
            }
            catch (OverflowException)
            {
                throw new BadRequestException();
            }
            catch (CountermarkException refusal)
            {
                return refusal.Name;
            }
        }
    }
}
