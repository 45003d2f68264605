using System;
using System.Collections.Generic;

namespace Countermark.Native
{
    /// <summary>The headers that a verifier looks at: the others are not handed over, since each costs.</summary>
    internal sealed class HeaderNames
    {
        private readonly List<string> names = new List<string>();
        private readonly List<string> starts = new List<string>();

        /// <summary>Adds one of <c>countermark_webhook_verifier_header_name</c>.</summary>
        internal void Add(string name)
        {
            if (name.EndsWith("#", StringComparison.Ordinal))
            {
                starts.Add(name.Substring(0, name.Length - 1));
            }
            else
            {
                names.Add(name);
            }
        }

        internal bool Has(string header)
        {
            for (int at = 0; at < names.Count; at++)
            {
                if (string.Equals(names[at], header, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
            for (int at = 0; at < starts.Count; at++)
            {
                if (header.StartsWith(starts[at], StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
            return false;
        }
    }
}
