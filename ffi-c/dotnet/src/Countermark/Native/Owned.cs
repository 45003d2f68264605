using static Countermark.Native.NativeMethods;

namespace Countermark.Native
{
    /// <summary>Text and bytes that a call made: copied, then wiped and freed.</summary>
    internal static unsafe class Owned
    {
        internal static string Text(countermark_bytes* bytes)
        {
            try
            {
                return Utf8.Text(countermark_bytes_view(bytes));
            }
            finally
            {
                countermark_bytes_free(bytes);
            }
        }
    }
}
