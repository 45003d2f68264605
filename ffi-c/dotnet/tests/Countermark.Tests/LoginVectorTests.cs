using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using NUnit.Framework;

namespace Countermark.Tests
{
    /// <summary>The vectors of <c>tests/vectors/login</c>: whole logins against ID servers. Most of their time is waiting, so several run at once.</summary>
    [TestFixture]
    public class LoginVectorTests
    {
        private const int AtOnce = 8;

        private static readonly Lazy<Dictionary<string, Task<string>>> Verdicts = new Lazy<Dictionary<string, Task<string>>>(Start);

        public static IEnumerable<TestCaseData> Vectors => All().Select(vector => new TestCaseData(vector.Name).SetName(vector.Name));

        [TestCaseSource("Vectors")]
        public void Answers(string vector)
        {
            string verdict = Verdicts.Value[vector].GetAwaiter().GetResult();
            Assert.IsTrue(verdict.Length == 0, vector + "\n" + verdict);
        }

        /// <summary>Mono takes authorities for the whole process; each login must have its own all the same.</summary>
        [Test]
        public void LoginsAtOnceThatTrustDifferentAuthorities()
        {
            using var one = new Emulator("--approve-after", "0", "--tls", "localhost");
            using var other = new Emulator("--approve-after", "0", "--tls", "localhost");
            Task<JObject>[] logins = Enumerable.Range(0, 16).Select(at =>
            {
                Emulator server = at % 2 == 0 ? one : other;
                var request = new JObject
                {
                    ["op"] = "login.run",
                    ["id"] = at,
                    ["server"] = server.Server,
                    ["ca_pem"] = server.Authority(),
                    ["service_name"] = "Example",
                    ["service_address"] = "https://example.com",
                    ["secsignid"] = "user" + at,
                    ["steps"] = new JArray("start", "check"),
                };
                return Task.Factory.StartNew(() => Adapter.Answers.Answer(request), TaskCreationOptions.LongRunning);
            }).ToArray();
            Assert.AreEqual(Enumerable.Range(0, 16).Select(at => "user" + at), logins.Select(login => (string?)login.Result["ok"]?["authenticated_id"]));
        }

        private static IEnumerable<(string Name, JObject Request, JObject Test)> All() =>
            Directory.EnumerateFiles(Path.Combine(Places.Vectors, "login"), "*.json").OrderBy(file => file, StringComparer.Ordinal).SelectMany(VectorTests.Tests);

        private static Dictionary<string, Task<string>> Start()
        {
            var turn = new SemaphoreSlim(AtOnce);
            return All().ToDictionary(vector => vector.Name, async vector =>
            {
                await turn.WaitAsync().ConfigureAwait(false);
                try
                {
                    return await RunAsync(vector.Request, vector.Test).ConfigureAwait(false);
                }
                finally
                {
                    turn.Release();
                }
            });
        }

        /// <summary>What is wrong; empty if nothing is.</summary>
        private static async Task<string> RunAsync(JObject request, JObject test)
        {
            var running = new Dictionary<string, Emulator?>();
            try
            {
                var servers = (JObject)test["servers"]!;
                foreach (JProperty server in servers.Properties())
                {
                    running[server.Name] = await StartAsync((JObject)server.Value).ConfigureAwait(false);
                    request[server.Name == "primary" ? "server" : server.Name] = running[server.Name]?.Server ?? Refusing();
                }
                if ((string?)request["ca_pem"] == "{primary}")
                {
                    request["ca_pem"] = running["primary"]!.Authority();
                }
                // The adapter's calls block, as a console program's do.
                JObject answer = await Task.Factory.StartNew(() => Adapter.Answers.Answer(request), TaskCreationOptions.LongRunning).ConfigureAwait(false);
                JToken expected = test["ok"] ?? Expected(test);
                if (!JToken.DeepEquals(expected, answer["ok"]))
                {
                    return "expected " + expected + "\ngot " + answer;
                }
                foreach (JProperty server in servers.Properties().Where(server => server.Value["sent"] != null))
                {
                    JToken sent = running[server.Name] == null ? new JArray() : await running[server.Name]!.SentAsync().ConfigureAwait(false);
                    if (!JToken.DeepEquals(server.Value["sent"], sent))
                    {
                        return server.Name + " got " + sent;
                    }
                }
                return string.Empty;
            }
            finally
            {
                foreach (Emulator? server in running.Values)
                {
                    server?.Dispose();
                }
            }
        }

        private static JObject Expected(JObject test)
        {
            var expected = new JObject { ["trace"] = test["trace"]!.DeepClone() };
            if (test["authenticated_id"] is JToken id)
            {
                expected["authenticated_id"] = id.DeepClone();
            }
            return expected;
        }

        /// <summary>Null stands for an address where nobody listens.</summary>
        private static async Task<Emulator?> StartAsync(JObject server)
        {
            if ((bool?)server["refusing"] == true)
            {
                return null;
            }
            string[] arguments = (server["args"] ?? new JArray()).Select(argument => (string)argument!).ToArray();
            var emulator = new Emulator(arguments.Prepend("1").Prepend("--seed").ToArray());
            foreach (JToken command in server["control"] ?? new JArray())
            {
                await emulator.ControlAsync((string)command[0]!, (string)command[1]!, command[2]).ConfigureAwait(false);
            }
            return emulator;
        }

        private static string Refusing()
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            int port = ((IPEndPoint)listener.LocalEndpoint).Port;
            listener.Stop();
            return "http://127.0.0.1:" + port;
        }
    }
}
