using System;
using System.Collections.Generic;
using System.Linq;
using Countermark.Native;

namespace Countermark
{
    /// <summary>A received request, or one to sign, without its body.</summary>
    public sealed class WebhookRequest
    {
        // Each object that a request is made of is felt: it has a list only if somebody asks for one, and then what was added is in it.
        private KeyValuePair<string, string>[]? added;
        private int addedCount;
        private List<KeyValuePair<string, string>>? list;

        /// <summary>The method; needed by few schemes.</summary>
        public string? Method { get; set; }

        /// <summary>The URL as the sender called it, which behind a proxy is not the one that the server sees; needed by few.</summary>
        public string? Url { get; set; }

        /// <summary>The query as received, without <c>?</c>. Null: that of the URL.</summary>
        public string? Query { get; set; }

        /// <summary>All headers in the order of arrival; a header that came twice stands here twice.</summary>
        public IList<KeyValuePair<string, string>> Headers => list ??= new List<KeyValuePair<string, string>>((added ?? Enumerable.Empty<KeyValuePair<string, string>>()).Take(addedCount));

        /// <summary>Adds a header.</summary>
        /// <param name="name">Its name.</param>
        /// <param name="value">Its value.</param>
        /// <returns>The request itself.</returns>
        public WebhookRequest AddHeader(string name, string value)
        {
            var header = new KeyValuePair<string, string>(
                name ?? throw new ArgumentNullException(nameof(name)),
                value ?? throw new ArgumentNullException(nameof(value)));
            if (list != null)
            {
                list.Add(header);
                return this;
            }
            if (added == null)
            {
                added = new KeyValuePair<string, string>[4];
            }
            else if (addedCount == added.Length)
            {
                Array.Resize(ref added, 2 * addedCount);
            }
            added[addedCount++] = header;
            return this;
        }

        /// <summary>The request as the library reads it.</summary>
        /// <param name="into">Where to write it.</param>
        /// <param name="arena">Where its texts are.</param>
        /// <param name="names">The headers that matter, of a verifier that is borrowed; null: all.</param>
        internal unsafe void Native(countermark_webhook_request* into, Arena arena, HeaderNames? names = null)
        {
            List<KeyValuePair<string, string>>? asked = list;
            int count = asked?.Count ?? addedCount;
            var pairs = (countermark_pair*)arena.Take(checked(count * sizeof(countermark_pair)));
            countermark_pair* pair = pairs;
            for (int at = 0; at < count; at++)
            {
                KeyValuePair<string, string> header = asked == null ? added![at] : asked[at];
                if (names == null)
                {
                    arena.Text(header.Key, &pair->name);
                }
                else if (!names.Find(header.Key, arena, &pair->name))
                {
                    continue;
                }
                arena.Text(header.Value, &pair->value);
                pair++;
            }
            arena.Text(Method, &into->method);
            arena.Text(Url, &into->url);
            arena.Text(Query, &into->query);
            into->headers = pairs;
            into->headers_len = (UIntPtr)(ulong)(pair - pairs);
        }
    }
}
