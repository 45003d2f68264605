using Microsoft.AspNetCore.Http;

namespace Countermark.AspNetCore
{
    /// <summary>The query as it arrived. The collection <c>Query</c> is decoded, and joins what came twice.</summary>
    internal static class RawQuery
    {
        /// <summary>Without the one <c>?</c> that begins it; a further one belongs to the first name.</summary>
        internal static string Of(HttpRequest request)
        {
            string query = request.QueryString.Value ?? string.Empty;
            return query.Length > 0 && query[0] == '?' ? query.Substring(1) : query;
        }
    }
}
