using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>What is loaded.</summary>
    public static class CountermarkInfo
    {
        /// <summary>The version of the native library, such as <c>0.1.0</c>.</summary>
        public static string Version
        {
            get
            {
                Library.Check();
                return Utf8.Text(countermark_version());
            }
        }

        /// <summary>The version of the C ABI.</summary>
        public static long AbiVersion
        {
            get
            {
                Library.Check();
                return countermark_abi_version();
            }
        }
    }
}
