using System;
using System.IO;

namespace Countermark.Tests
{
    /// <summary>Where things of the project are, from the folder of this assembly.</summary>
    internal static class Places
    {
        internal static readonly string Root = Path.GetFullPath(
            Path.Combine(Path.GetDirectoryName(typeof(Places).Assembly.Location)!, "..", "..", "..", "..", ".."));

        internal static string Vectors => Path.Combine(Root, "tests", "vectors");

        /// <summary>The command <c>countermark</c>, with the emulator in it.</summary>
        internal static string Countermark =>
            Environment.GetEnvironmentVariable("COUNTERMARK") ?? Path.Combine(Root, "target", "debug", "countermark");
    }
}
