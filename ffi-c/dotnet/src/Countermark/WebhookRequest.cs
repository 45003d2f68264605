using System;
using System.Collections.Generic;
using Countermark.Native;

namespace Countermark
{
    /// <summary>A received request, or one to sign, without its body.</summary>
    public sealed class WebhookRequest
    {
        /// <summary>The method; needed by few schemes.</summary>
        public string? Method { get; set; }

        /// <summary>The URL as the sender called it, which behind a proxy is not the one that the server sees; needed by few.</summary>
        public string? Url { get; set; }

        /// <summary>The query as received, without <c>?</c>. Null: that of the URL.</summary>
        public string? Query { get; set; }

        /// <summary>All headers in the order of arrival; a header that came twice stands here twice.</summary>
        public IList<KeyValuePair<string, string>> Headers { get; } = new List<KeyValuePair<string, string>>();

        /// <summary>Adds a header.</summary>
        /// <param name="name">Its name.</param>
        /// <param name="value">Its value.</param>
        /// <returns>The request itself.</returns>
        public WebhookRequest AddHeader(string name, string value)
        {
            Headers.Add(new KeyValuePair<string, string>(
                name ?? throw new ArgumentNullException(nameof(name)),
                value ?? throw new ArgumentNullException(nameof(value))));
            return this;
        }

        /// <summary>The room that <see cref="Native"/> needs at most.</summary>
        internal unsafe int NativeBytes()
        {
            long room = (long)sizeof(countermark_pair) * Headers.Count;
            foreach (KeyValuePair<string, string> header in Headers)
            {
                room += 3L * (header.Key.Length + header.Value.Length);
            }
            room += 3L * ((Method?.Length ?? 0) + (Url?.Length ?? 0) + (Query?.Length ?? 0));
            return checked((int)room + 1);
        }

        /// <summary>Writes the request as the library reads it.</summary>
        internal unsafe countermark_webhook_request Native(byte* room)
        {
            var headers = (countermark_pair*)room;
            byte* next = room + (sizeof(countermark_pair) * Headers.Count);
            for (int at = 0; at < Headers.Count; at++)
            {
                headers[at] = new countermark_pair { name = View(Headers[at].Key, ref next), value = View(Headers[at].Value, ref next) };
            }
            return new countermark_webhook_request
            {
                method = View(Method, ref next),
                url = View(Url, ref next),
                query = View(Query, ref next),
                headers = headers,
                headers_len = (UIntPtr)Headers.Count,
            };
        }

        private static unsafe countermark_str View(string? text, ref byte* next)
        {
            if (text == null)
            {
                return default;
            }
            byte* start = next;
            int length = Utf8.Encode(text, start);
            next += length;
            return new countermark_str { ptr = start, len = (UIntPtr)length };
        }
    }
}
