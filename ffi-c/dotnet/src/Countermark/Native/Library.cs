using System;

namespace Countermark.Native
{
    /// <summary>Whether the native library is there, and of the version that this assembly was built for.</summary>
    internal static class Library
    {
        // The first use decides; a library that was missing is looked for again.
        private static volatile bool isChecked;

        /// <summary>Called by every constructor that leads to a native object.</summary>
        internal static void Check()
        {
            if (isChecked)
            {
                return;
            }
            uint found = AbiVersion();
            if (found != Generated.AbiVersion)
            {
                throw new NativeLibraryException(
                    ErrorCode.AbiMismatch,
                    Generated.AbiMismatch + ": ABI " + found + " was found, ABI " + Generated.AbiVersion + " is needed",
                    null);
            }
            isChecked = true;
        }

        private static uint AbiVersion()
        {
            try
            {
                return NativeMethods.countermark_abi_version();
            }
            catch (Exception cause) when (cause is DllNotFoundException || cause is EntryPointNotFoundException || cause is BadImageFormatException)
            {
                throw new NativeLibraryException(ErrorCode.LibraryMissing, Generated.LibraryMissing + ": " + cause.Message, cause);
            }
        }
    }
}
