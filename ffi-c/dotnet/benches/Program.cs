using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;

namespace Countermark.Benches
{
    /// <summary>Verification against code by hand, in one process: all candidates of a case take turns, and the best
    /// round of each counts, so that what else the machine does falls on all.</summary>
    internal static class Program
    {
        private const string Token = "0123456789abcdef012345678";

        private static void Main()
        {
            Query();
            foreach (int size in new[] { 256, 4096, 65536, 1024 * 1024 })
            {
                Webhook(size);
            }
        }

        private static void Query()
        {
            var key = new SignedQueryKey("a", Token);
            using var signer = new SignedQuerySigner(new SignedQuerySignerOptions(SignedQueryProfile.LegacyOneLogin, key));
            string query = signer.Sign(new Dictionary<string, string> { ["firstname"] = "Jane", ["lastname"] = "Doe", ["email"] = "jane.doe@example.com" });
            var options = new SignedQueryOptions { Profile = SignedQueryProfile.LegacyOneLogin };
            options.Keys.Add(key);
            using var verifier = new SignedQueryVerifier(options);
            Compare(
                "OneLogin query, " + query.Length + " B",
                ("countermark", () =>
                {
                    using VerifiedQuery verified = verifier.Verify(query);
                    return verified["email"];
                }),
                ("parsed by hand, SHA1.Create", () => Peers.Tuned(query, Token)),
                ("ParseQueryString, SHA1.Create", () => Peers.Parsed(query, Token)));
        }

        private static void Webhook(int size)
        {
            byte[] body = Encoding.ASCII.GetBytes("{\"data\":\"" + new string('x', size - 11) + "\"}");
            byte[] secret = Encoding.ASCII.GetBytes(Token);
            var options = new WebhookOptions { Scheme = "stripe" };
            options.Keys.Add(new WebhookKey("a", Token));
            using var signer = new WebhookSigner(options);
            string header = signer.Sign(new WebhookRequest(), body, null).Headers[0].Value;
            using var verifier = new WebhookVerifier(options);
            Compare(
                "HMAC-SHA256 webhook, " + size + " B",
                ("countermark", () =>
                {
                    using VerifiedWebhook verified = verifier.Verify(new WebhookRequest().AddHeader("Stripe-Signature", header), body);
                    return verified;
                }),
                ("IncrementalHash per call", () => Peers.Incremental(header, body, secret)),
                ("IncrementalHash kept by each thread", () => Peers.Kept(header, body, secret)),
                ("HMACSHA256 per call, blocks", () => Peers.Blocks(header, body, secret)),
                ("HMACSHA256 per call, concatenated", () => Peers.Concatenated(header, body, secret)));
        }

        private static void Compare(string title, params (string Name, Func<object?> Call)[] candidates)
        {
            const int rounds = 41;
            int[] counts = candidates.Select(candidate => Calibrate(candidate.Call)).ToArray();
            var times = candidates.Select(_ => new List<double>()).ToArray();
            for (int round = 0; round < rounds; round++)
            {
                for (int at = 0; at < candidates.Length; at++)
                {
                    times[at].Add(Measure(candidates[at].Call, counts[at]));
                }
            }
            double[] best = times.Select(list => list.Min()).ToArray();
            if (Environment.GetEnvironmentVariable("COUNTERMARK_BENCH") is string file)
            {
                string runtime = Type.GetType("Mono.Runtime") is null ? ".NET " + Environment.Version : "Mono";
                IEnumerable<string> rows = candidates.Select((candidate, at) => FormattableString.Invariant($"\"{candidate.Name}\":{best[at]:F1}"));
                System.IO.File.AppendAllText(file, $"{{\"bench\":\"{runtime}\",\"case\":\"{title}\",\"ns\":{{{string.Join(",", rows)}}}}}\n");
            }
            Console.WriteLine(title);
            for (int at = 0; at < candidates.Length; at++)
            {
                Console.WriteLine("  {0,-36} {1,12:F0} ns {2,8:F2}x", candidates[at].Name, best[at], best[at] / best[0]);
            }
        }

        private static int Calibrate(Func<object?> call)
        {
            // The first calls are compiled, and load what they need: they say nothing about those that follow.
            Measure(call, 1000);
            for (int count = 1; ; count *= 2)
            {
                double time = Measure(call, count) * count;
                if (time > 2e6)
                {
                    return count;
                }
            }
        }

        /// <summary>Nanoseconds a call.</summary>
        private static double Measure(Func<object?> call, int count)
        {
            long start = Stopwatch.GetTimestamp();
            for (int at = 0; at < count; at++)
            {
                GC.KeepAlive(call());
            }
            return (Stopwatch.GetTimestamp() - start) * 1e9 / Stopwatch.Frequency / count;
        }
    }
}
