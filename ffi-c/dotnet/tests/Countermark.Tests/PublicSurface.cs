using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using NUnit.Framework;

namespace Countermark.Tests
{
    /// <summary>All that an assembly shows to its users, as text: whoever changes it sees it in the difference of the committed file.</summary>
    internal static class PublicSurface
    {
        private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

        /// <summary>Compares with <c>surface/*.txt</c>; with <c>COUNTERMARK_UPDATE=1</c> it is written anew.</summary>
        internal static void Check(Assembly assembly)
        {
            string file = Path.Combine(Places.Root, "ffi-c", "dotnet", "surface", assembly.GetName().Name + ".txt");
            string surface = string.Concat(assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal).SelectMany(Lines).Select(line => line + "\n"));
            if (Environment.GetEnvironmentVariable("COUNTERMARK_UPDATE") != null)
            {
                File.WriteAllText(file, surface);
            }
            Assert.AreEqual(File.ReadAllText(file), surface, file + " differs: run with COUNTERMARK_UPDATE=1, and review the difference");
        }

        private static IEnumerable<string> Lines(Type type)
        {
            // Those of framework classes differ between runtimes.
            IEnumerable<Type> own = type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? Type.EmptyTypes);
            IEnumerable<Type> above = new[] { type.BaseType }.Concat(own.OrderBy(Name, StringComparer.Ordinal))
                .Where(one => one != null && one != typeof(object) && one.IsVisible)!;
            yield return Kind(type) + " " + type.FullName + (above.Any() ? " : " + string.Join(", ", above.Select(Name)) : string.Empty);
            if (type.IsEnum)
            {
                foreach (FieldInfo value in type.GetFields(BindingFlags.Public | BindingFlags.Static))
                {
                    yield return "  " + value.Name + " = " + Convert.ToInt64(value.GetRawConstantValue(), CultureInfo.InvariantCulture);
                }
                yield break;
            }
            foreach (string? member in type.GetMembers(Declared).Select(Member).Where(text => text != null).OrderBy(text => text, StringComparer.Ordinal))
            {
                yield return "  " + member;
            }
        }

        private static string Kind(Type type)
        {
            string kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : typeof(Delegate).IsAssignableFrom(type) ? "delegate" : "class";
            string only = kind != "class" ? string.Empty : type.IsAbstract && type.IsSealed ? "static " : type.IsSealed ? "sealed " : type.IsAbstract ? "abstract " : string.Empty;
            return only + kind;
        }

        /// <summary>Null for what users do not see.</summary>
        private static string? Member(MemberInfo member)
        {
            switch (member)
            {
                case FieldInfo field when field.IsPublic || field.IsFamily:
                    return Scope(field.IsStatic) + Name(field.FieldType) + " " + field.Name + (field.IsLiteral ? " = " + field.GetRawConstantValue() : string.Empty);
                case PropertyInfo property:
                    string accessors = string.Concat(property.GetAccessors(true).Where(IsSeen).Select(accessor => accessor.ReturnType == typeof(void) ? "set; " : "get; ").OrderBy(text => text, StringComparer.Ordinal));
                    MethodInfo first = property.GetAccessors(true)[0];
                    string index = string.Join(", ", property.GetIndexParameters().Select(Parameter));
                    return accessors.Length == 0 ? null : Scope(first.IsStatic) + Name(property.PropertyType) + " " + property.Name + (index.Length > 0 ? "[" + index + "]" : string.Empty) + " { " + accessors + "}";
                case ConstructorInfo constructor when IsSeen(constructor):
                    return "new(" + Parameters(constructor) + ")";
                case MethodInfo method when IsSeen(method) && !method.IsSpecialName:
                    string generic = method.IsGenericMethodDefinition ? "<" + string.Join(", ", method.GetGenericArguments().Select(Name)) + ">" : string.Empty;
                    return Scope(method.IsStatic) + Name(method.ReturnType) + " " + method.Name + generic + "(" + Parameters(method) + ")";
                default:
                    return null;
            }
        }

        private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

        private static string Scope(bool isStatic) => isStatic ? "static " : string.Empty;

        private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

        private static string Parameter(ParameterInfo parameter) =>
            (parameter.IsOut ? "out " : string.Empty) + Name(parameter.ParameterType) + " " + parameter.Name
                + (parameter.IsOptional ? " = " + (parameter.RawDefaultValue ?? "null") : string.Empty);

        private static string Name(Type type)
        {
            if (type.IsByRef)
            {
                return Name(type.GetElementType()!);
            }
            if (type.IsArray)
            {
                return Name(type.GetElementType()!) + "[]";
            }
            if (type.IsGenericParameter)
            {
                return type.Name;
            }
            string name = type.Namespace == "System" ? type.Name : type.FullName ?? type.Namespace + "." + type.Name;
            return type.IsGenericType
                ? (type.Namespace == "System" ? string.Empty : type.Namespace + ".") + type.Name.Split('`')[0] + "<" + string.Join(", ", type.GetGenericArguments().Select(Name)) + ">"
                : name;
        }
    }
}
