using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using NUnit.Framework;

namespace Countermark.Tests
{
    /// <summary>Runs the NUnit tests of this assembly where there is no nunit-console: on .NET Core. Knows what these tests use of NUnit.</summary>
    internal static class Program
    {
        private static int Main(string[] names)
        {
            int run = 0, failed = 0;
            foreach (Type type in typeof(Program).Assembly.GetTypes().Where(type => type.GetCustomAttribute<TestFixtureAttribute>() != null))
            {
                if (names.Length > 0 && !names.Contains(type.Name))
                {
                    continue;
                }
                object fixture = Activator.CreateInstance(type)!;
                foreach (MethodInfo method in type.GetMethods())
                {
                    foreach (object?[] arguments in Cases(type, method))
                    {
                        run++;
                        if (!Passes(fixture, method, arguments))
                        {
                            failed++;
                        }
                    }
                }
            }
            Console.WriteLine("Tests run: " + run + ", Errors: 0, Failures: " + failed);
            return failed == 0 && run > 0 ? 0 : 1;
        }

        private static IEnumerable<object?[]> Cases(Type type, MethodInfo method)
        {
            if (method.GetCustomAttribute<TestAttribute>() != null)
            {
                yield return new object?[0];
            }
            var source = method.GetCustomAttribute<TestCaseSourceAttribute>();
            if (source != null)
            {
                var cases = (IEnumerable<TestCaseData>)type.GetProperty(source.SourceName, BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
                foreach (TestCaseData data in cases)
                {
                    yield return data.Arguments;
                }
            }
        }

        private static bool Passes(object fixture, MethodInfo method, object?[] arguments)
        {
            try
            {
                (method.Invoke(fixture, arguments) as Task)?.GetAwaiter().GetResult();
                return true;
            }
            catch (Exception thrown)
            {
                Exception cause = thrown is TargetInvocationException { InnerException: Exception inner } ? inner : thrown;
                Console.WriteLine("FAILED " + method.DeclaringType!.Name + "." + method.Name + "(" + string.Join(", ", arguments) + ")\n" + cause);
                return false;
            }
        }
    }
}
