using System;
using System.Collections.Generic;
using static Countermark.Native.NativeMethods;

namespace Countermark.Native
{
    /// <summary>The headers that a verifier looks at: the others are not handed over, since each costs.</summary>
    internal sealed unsafe class HeaderNames
    {
        private readonly List<string> names = new List<string>();
        private readonly List<string> starts = new List<string>();

        // The library's own texts of `names`, which live as long as the verifier: they need not be encoded for each call.
        private readonly List<countermark_str> views = new List<countermark_str>();

        internal HeaderNames(countermark_webhook_verifier* verifier)
        {
            countermark_str view;
            for (uint at = 0; (view = countermark_webhook_verifier_header_name(verifier, (UIntPtr)at)).ptr != null; at++)
            {
                string name = Utf8.Text(view);
                if (name.EndsWith("#", StringComparison.Ordinal))
                {
                    starts.Add(name.Substring(0, name.Length - 1));
                }
                else
                {
                    names.Add(name);
                    views.Add(view);
                }
            }
        }

        /// <summary>Whether the verifier looks at a header; then writes the name that it knows it by. Used while the verifier is borrowed.</summary>
        internal bool Find(string header, Arena arena, countermark_str* name)
        {
            for (int at = 0; at < names.Count; at++)
            {
                if (string.Equals(names[at], header, StringComparison.OrdinalIgnoreCase))
                {
                    *name = views[at];
                    return true;
                }
            }
            for (int at = 0; at < starts.Count; at++)
            {
                if (header.StartsWith(starts[at], StringComparison.OrdinalIgnoreCase))
                {
                    arena.Text(header, name);
                    return true;
                }
            }
            return false;
        }
    }
}
