using System;
using Microsoft.AspNetCore.Http;

namespace Countermark.AspNetCore
{
    /// <summary>What a browser fetches before anybody has asked for it.</summary>
    internal static class FetchedAhead
    {
        /// <summary>The header is that of the Fetch standard, <see href="https://fetch.spec.whatwg.org/#sec-purpose-header"/>.</summary>
        internal static bool IsAhead(this HttpRequest request) =>
            request.Headers["Sec-Purpose"].ToString().StartsWith("prefetch", StringComparison.Ordinal);
    }
}
