using System;
using System.Reflection;

[assembly: CLSCompliant(true)]
// Nothing is found by its name at run time: .NET 6 and later may leave out what a program does not use, and compile it ahead of time.
[assembly: AssemblyMetadata("IsTrimmable", "True")]
[assembly: AssemblyMetadata("IsAotCompatible", "True")]
