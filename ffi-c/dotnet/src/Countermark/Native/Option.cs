namespace Countermark.Native
{
    /// <summary>What stands for an option that was not set; <c>COUNTERMARK_DEFAULT</c>, <c>_ALWAYS_*</c> and <c>_NO_TIME</c> of the header, which
    /// csbindgen does not read.</summary>
    internal static class Option
    {
        internal const int Default = int.MinValue;
        internal const long AlwaysBefore = long.MinValue;
        internal const long AlwaysAfter = long.MaxValue;

        internal const long NoTime = long.MinValue;

        /// <summary>A number of seconds, milliseconds or keys. One that was given must not pass for the default: it becomes another, which the
        /// library refuses.</summary>
        internal static long Span(long? value) => value == null ? Default : value == Default ? long.MinValue : value.Value;

        internal static long? Time(long value) => value == NoTime ? (long?)null : value;

        internal static long? Number(long value) => value == Default ? (long?)null : value;

        internal static int Flag(bool? value) => value == null ? Default : value.Value ? 1 : 0;
    }
}
