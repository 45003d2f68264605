using System.Collections.Generic;
using System.IO;
using System.Linq;
using Countermark.Adapter;
using Newtonsoft.Json.Linq;
using NUnit.Framework;

namespace Countermark.Tests
{
    /// <summary>Every vector that needs no server, through the same translation as the adapter. <see cref="LoginVectorTests"/> has the others.</summary>
    [TestFixture]
    public class VectorTests
    {
        public static IEnumerable<TestCaseData> Vectors => Directory.EnumerateFiles(Places.Vectors, "*.json")
            .Concat(Directory.EnumerateFiles(Path.Combine(Places.Vectors, "webhook"), "*.json"))
            .OrderBy(file => file, System.StringComparer.Ordinal)
            .SelectMany(Read);

        [TestCaseSource("Vectors")]
        public void Answers(string vector, JObject request, JObject expected)
        {
            JObject answer = Adapter.Answers.Answer(request);
            Assert.IsTrue(JToken.DeepEquals(answer, expected), vector + "\nexpected " + expected + "\ngot " + answer);
        }

        internal static JObject Load(string file) => Adapter.Answers.Parse(File.ReadAllText(file))!;

        internal static IEnumerable<(string Name, JObject Request, JObject Test)> Tests(string file)
        {
            foreach (JObject group in Load(file)["testGroups"]!.Cast<JObject>())
            {
                foreach (JObject test in group["tests"]!.Cast<JObject>())
                {
                    var request = (JObject)(group["request"] ?? new JObject()).DeepClone();
                    foreach (JProperty field in ((JObject)test["request"]!).Properties())
                    {
                        request[field.Name] = field.Value.DeepClone();
                    }
                    string name = Path.GetFileName(file) + " " + test["tcId"] + ": " + test["comment"];
                    request["id"] = name;
                    yield return (name, request, test);
                }
            }
        }

        private static IEnumerable<TestCaseData> Read(string file)
        {
            Dictionary<string, int> numbers = ErrorTable.Rows.ToDictionary(row => row.Name, row => (int)row.Code);
            foreach ((string name, JObject request, JObject test) in Tests(file))
            {
                var expected = new JObject { ["id"] = name };
                if (test["ok"] is JToken ok)
                {
                    expected["ok"] = ok.DeepClone();
                }
                else
                {
                    string error = (string)test["error"]!;
                    expected["error"] = error;
                    expected["number"] = numbers[error];
                }
                yield return new TestCaseData(name, request, expected).SetName(name);
            }
        }
    }
}
