using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;

namespace Countermark.Tests
{
    /// <summary>Objects as careless code uses them: disposed of, shared, in great numbers.</summary>
    [TestFixture]
    public class UseTests
    {
        private const string Secret = "0123456789abcdef0123456789abcdef";
        private static readonly byte[] Body = Encoding.UTF8.GetBytes("{\"zen\":\"Design for failure.\"}");

        [Test]
        public void DisposedObjectsSaySo()
        {
            WebhookVerifier verifier = Verifier();
            VerifiedWebhook verified = verifier.Verify(Request(), Body);
            verifier.Dispose();
            verifier.Dispose();
            Assert.AreEqual("a", verified.KeyId);
            Assert.Throws<ObjectDisposedException>(() => verifier.Verify(Request(), Body));
            Assert.Throws<ObjectDisposedException>(() => verifier.UnusableKeys());
            VerifiedWebhook unread = Verifier().Verify(Request(), Body);
            unread.Dispose();
            Assert.Throws<ObjectDisposedException>(() => GC.KeepAlive(unread.KeyId));

            VerifiedQuery query = Query().Verify(Signed());
            query.Dispose();
            Assert.Throws<ObjectDisposedException>(() => GC.KeepAlive(query["user"]));
            var store = new MemoryReplayStore();
            store.Dispose();
            Assert.Throws<ObjectDisposedException>(() => store.Release("key"));
        }

        [Test]
        public void WhatIsMissingIsAnArgumentNullException()
        {
            Assert.Throws<ArgumentNullException>(() => new WebhookVerifier(null!));
            Assert.Throws<ArgumentNullException>(() => Verifier().Verify(null!, Body));
            Assert.Throws<ArgumentNullException>(() => Verifier().Verify(Request(), null!));
            Assert.Throws<ArgumentNullException>(() => Query().Verify(null!));
            Assert.Throws<ArgumentNullException>(() => new WebhookKey("a", null!));
        }

        [Test]
        public void ARefusalIsAnAnswerToTryVerify()
        {
            Assert.IsFalse(Verifier().TryVerify(Request(), new byte[0], out VerifiedWebhook? webhook, out ErrorCode code));
            Assert.IsNull(webhook);
            Assert.AreEqual(ErrorCode.SignatureMismatch, code);
            Assert.IsFalse(Query().TryVerify("user=\uD800", out _, out code));
            Assert.AreNotEqual(ErrorCode.None, code);
            Assert.IsTrue(Query().TryVerify(Signed(), out VerifiedQuery? query, out code));
            Assert.AreEqual("alice", query!["user"]);
            Assert.AreEqual(ErrorCode.None, code);
        }

        [Test]
        public void FieldsAreFoundByNamesOfEveryLength()
        {
            // 32 characters are the last that have room on the stack.
            var fields = new[] { 1, 31, 32, 33, 64 }.Select(length => new KeyValuePair<string, string>(new string('n', length), "of " + length)).ToList();
            using var signer = new SignedQuerySigner(
                new SignedQuerySignerOptions(SignedQueryProfile.CountermarkV1, new SignedQueryKey("a", Secret)) { Audience = "https://members.example" });
            using VerifiedQuery query = Query().Verify(signer.Sign(fields));
            foreach (KeyValuePair<string, string> field in fields)
            {
                Assert.AreEqual(field.Value, query[field.Key]);
                Assert.IsFalse(query.TryGet(field.Key.Substring(1) + "\u20AC", out _));
                Assert.IsFalse(query.TryGet(field.Key.Substring(1) + "\uD800", out _));
            }
        }

        [Test]
        public void HalfASurrogateIsNoText()
        {
            Assert.AreEqual(ErrorCode.InvalidSecsignId, Assert.Throws<CountermarkException>(() => SecSignIds.Normalize("alice\uDC00")).Code);
            Assert.AreEqual(ErrorCode.InvalidSecsignId, Assert.Throws<CountermarkException>(() => SecSignIds.Normalize("\uD83D")).Code);
        }

        [Test]
        public void EveryTextComesThrough()
        {
            // From one to four bytes, on each side of the borders between eight characters, and longer than the stack's share.
            var values = new List<string> { "abc", "abcdé", "日本語テキスト", "a\U0001F600b", new string('x', 3000), new string('é', 500) };
            values.AddRange(Enumerable.Range(0, 20).Select(length => "0123456789abcdefghij".Substring(0, length) + "é" + new string('~', 20 - length)));
            foreach (string value in values)
            {
                using VerifiedQuery verified = Query().Verify(Signed(value));
                Assert.AreEqual(value, verified["user"]);
            }
        }

        [Test]
        public void UnknownNumbersSurvive()
        {
            MethodInfo of = typeof(CountermarkException).GetMethods(BindingFlags.NonPublic | BindingFlags.Static).Single(method => method.Name == "Of");
            ConstructorInfo report = of.GetParameters()[0].ParameterType.GetConstructors(BindingFlags.NonPublic | BindingFlags.Instance)[0];
            object newer = report.Invoke(new object?[] { 2999, "NEWER", "newer", string.Empty, "public", null, null, null });
            var exception = (CountermarkException)of.Invoke(null, new[] { newer })!;
            Assert.AreEqual(2999, exception.Number);
            // The table of the library that it came from would say more.
            Assert.AreEqual(typeof(CountermarkException), exception.GetType());
            Assert.IsFalse(exception.IsRetryable);
            Assert.AreEqual(500, exception.HttpStatus);
        }

        [Test]
        public void EveryRowOfTheTableHasItsName()
        {
            foreach (ErrorInfo row in ErrorTable.Rows)
            {
                string name = string.Concat(row.Name.Split('_').Select(word => word.Substring(0, 1) + word.Substring(1).ToLowerInvariant()));
                Assert.AreEqual(name, row.Code.ToString());
            }
            Assert.AreEqual(ErrorTable.Rows.Count + 1, Enum.GetValues(typeof(ErrorCode)).Length);
        }

        [Test]
        public void TheClassOfAnErrorIsThatOfItsGroup()
        {
            var classes = new Dictionary<string, Type>
            {
                ["caller"] = typeof(CountermarkException),
                ["not_authentic"] = typeof(VerificationException),
                ["not_acceptable"] = typeof(VerificationException),
                ["login_ended"] = typeof(LoginException),
                ["server"] = typeof(ServerException),
                ["transport"] = typeof(TransportException),
                ["internal"] = typeof(CountermarkException),
            };
            var replays = new[] { ErrorCode.Replayed, ErrorCode.AlreadyConsumed };
            foreach (ErrorInfo row in ErrorTable.Rows)
            {
                Type expected = replays.Contains(row.Code) ? typeof(ReplayException) : classes[row.Group];
                Assert.AreEqual(expected, CountermarkException.Of(row.Code).GetType(), row.Name);
            }
        }

        [Test]
        public void SixtyFourThreadsShareEverything()
        {
            using WebhookVerifier verifier = Verifier();
            using SignedQueryVerifier queries = Query();
            using var store = new MemoryReplayStore();
            string signed = Signed();
            int taken = 0, wrong = 0;
            var threads = Enumerable.Range(0, 64).Select(number => new Thread(() =>
            {
                for (int round = 0; round < 50; round++)
                {
                    using VerifiedWebhook webhook = verifier.Verify(Request(), Body);
                    using VerifiedQuery query = queries.Verify(signed);
                    if (webhook.KeyId != "a" || query["user"] != "alice")
                    {
                        Interlocked.Increment(ref wrong);
                    }
                    if (store.ReserveAsync(query.ReplayKey, query.ReplayUntilMs, query.SignedAtMs, default).Result)
                    {
                        Interlocked.Increment(ref taken);
                    }
                }
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            Assert.AreEqual(0, wrong);
            Assert.AreEqual(1, taken);
        }

        [Test]
        public void ADisposalMeetsCallsThatAreUnderWay()
        {
            for (int round = 0; round < 20; round++)
            {
                WebhookVerifier verifier = Verifier();
                int other = 0;
                var threads = Enumerable.Range(0, 8).Select(number => new Thread(() =>
                {
                    try
                    {
                        while (true)
                        {
                            verifier.Verify(Request(), Body).Dispose();
                        }
                    }
                    catch (ObjectDisposedException)
                    {
                    }
                    catch (Exception)
                    {
                        Interlocked.Increment(ref other);
                    }
                })).ToList();
                threads.ForEach(thread => thread.Start());
                Thread.Sleep(2);
                verifier.Dispose();
                threads.ForEach(thread => thread.Join());
                Assert.AreEqual(0, other);
            }
        }

        [Test]
        public void ADisposalMeetsReaders()
        {
            using WebhookVerifier verifier = Verifier();
            using SignedQueryVerifier queries = Query();
            string signed = Signed("next");
            int wrong = 0;
            for (int round = 0; round < 300; round++)
            {
                VerifiedWebhook shared = verifier.Verify(Request(), Body);
                var threads = Enumerable.Range(0, 4).Select(number => new Thread(() =>
                {
                    try
                    {
                        if (number == 0)
                        {
                            shared.Dispose();
                        }
                        else if (shared.KeyId != "a" || !shared.CoversBody)
                        {
                            Interlocked.Increment(ref wrong);
                        }
                    }
                    catch (ObjectDisposedException)
                    {
                    }
                    catch (Exception)
                    {
                        Interlocked.Increment(ref wrong);
                    }
                })).ToList();
                threads.ForEach(thread => thread.Start());
                // What is freed there comes back to this thread, and is owned by its next result.
                while (threads.Any(thread => thread.IsAlive))
                {
                    using VerifiedQuery next = queries.Verify(signed);
                    if (next["user"] != "next")
                    {
                        Interlocked.Increment(ref wrong);
                    }
                }
                threads.ForEach(thread => thread.Join());
            }
            Assert.AreEqual(0, wrong);
        }

        [Test]
        public void AResultOutlivesManyOthers()
        {
            using WebhookVerifier verifier = Verifier();
            using SignedQueryVerifier queries = Query();
            string[] users = Enumerable.Range(0, 50).Select(number => "user" + number).ToArray();
            VerifiedQuery[] kept = users.Select(user =>
            {
                verifier.Verify(Request(), Body).Dispose();
                return queries.Verify(Signed(user));
            }).ToArray();
            kept[0].Dispose();
            kept[0].Dispose();
            queries.Verify(Signed("another")).Dispose();
            CollectionAssert.AreEqual(users.Skip(1), kept.Skip(1).Select(query => query["user"]));
        }

        [Test]
        public void HeadersThatNobodyReadsAreLeftOut()
        {
            // One with the name in another case is read; what is not needed may be as odd and as long as it likes.
            using WebhookVerifier verifier = Verifier();
            WebhookRequest odd = Request().AddHeader("X-Odd", "\uD800").AddHeader("\uDC00", "x").AddHeader("Cookie", new string('é', 100_000));
            Assert.AreEqual("a", verifier.Verify(odd, Body).KeyId);
            var refusal = Assert.Throws<VerificationException>(() => verifier.Verify(Request().AddHeader("x-hub-signature-256", "sha256=00"), Body));
            Assert.AreEqual(ErrorCode.AmbiguousInput, refusal.Code);
        }

        [Test]
        public void ARequestThatGrowsMeanwhileIsNoDanger()
        {
            using WebhookVerifier verifier = Verifier();
            WebhookRequest request = Request();
            bool ended = false;
            var other = new Thread(() =>
            {
                for (int round = 0; !Volatile.Read(ref ended); round++)
                {
                    request.Headers[0] = new KeyValuePair<string, string>("X-Hub-Signature-256", new string('0', round % 2 == 0 ? 1 : 20_000));
                }
            });
            other.Start();
            for (int round = 0; round < 20_000; round++)
            {
                Assert.IsFalse(verifier.TryVerify(request, new byte[0], out _, out _));
            }
            Volatile.Write(ref ended, true);
            other.Join();
        }

        [Test]
        public void LongTextsHaveRoomOfTheirOwn()
        {
            string text = new string('é', 50_000);
            Assert.IsFalse(Query().TryVerify("user=" + text, out _, out ErrorCode code));
            Assert.AreEqual(ErrorCode.TooLarge, code);
            WebhookRequest request = Request();
            request.Url = "https://example.com/" + text;
            request.Query = text;
            Assert.AreEqual("a", Verifier().Verify(request, Body).KeyId);
        }

        [Test]
        public void TheTimeToReachTheServerIsTheOneThatWasSet()
        {
            var options = new LoginOptions { ServiceName = "Bank", ServiceAddress = "bank.example" };
            using var usual = new LoginService(options);
            Assert.Greater(usual.ConnectTimeout, TimeSpan.Zero);
            options.ConnectTimeoutMs = 1500;
            using var own = new LoginService(options);
            Assert.AreEqual(TimeSpan.FromMilliseconds(1500), own.ConnectTimeout);
        }

        [Test]
        public void AWebhookIsKeptAsLongAsACopyMayCome()
        {
            Assert.AreEqual(5000, WebhookVerifier.KeepUntilMs(5000, null, 1000));
            Assert.AreEqual(61_000, WebhookVerifier.KeepUntilMs(5000, TimeSpan.FromMinutes(1), 1000));
            Assert.AreEqual(90_000, WebhookVerifier.KeepUntilMs(90_000, TimeSpan.FromMinutes(1), 1000));
            Assert.AreEqual(61_000, WebhookVerifier.KeepUntilMs(null, TimeSpan.FromMinutes(1), 1000));
            Assert.AreEqual(2000, WebhookVerifier.KeepUntilMs(null, TimeSpan.FromMilliseconds(500), 1000));
            Assert.AreEqual(3000, WebhookVerifier.KeepUntilMs(null, TimeSpan.FromSeconds(1) + TimeSpan.FromTicks(1), 1000));
            foreach (TimeSpan? keep in new TimeSpan?[] { null, TimeSpan.Zero, TimeSpan.FromMilliseconds(-500), TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(int.MinValue), TimeSpan.MaxValue })
            {
                Assert.AreEqual(ErrorCode.InvalidConfig, Assert.Throws<CountermarkException>(() => WebhookVerifier.KeepUntilMs(null, keep, 1000)).Code);
            }
        }

        [Test]
        public void MemoryStaysFlatOverTenThousandCalls()
        {
            using WebhookVerifier verifier = Verifier();
            using SignedQueryVerifier queries = Query();
            string signed = Signed();
            void Calls(int count)
            {
                for (int call = 0; call < count; call++)
                {
                    // Half of them are refused, and a third of the objects is left to the collector.
                    if (verifier.TryVerify(Request(), call % 2 == 0 ? Body : new byte[0], out VerifiedWebhook? webhook, out _) && call % 3 != 0)
                    {
                        webhook.Dispose();
                    }
                    queries.Verify(signed).Dispose();
                    Verifier().Dispose();
                    try
                    {
                        queries.Verify("user=bob");
                    }
                    catch (VerificationException)
                    {
                    }
                }
                GC.Collect();
                GC.WaitForPendingFinalizers();
                GC.Collect();
            }
            Calls(3000);
            // What is left behind grows with each round, and what the collector takes for itself with one or another.
            const long limit = 8 * 1024;
            long grown = limit;
            for (int round = 0; grown >= limit && round < 3; round++)
            {
                long before = ResidentKilobytes();
                Calls(10000);
                grown = ResidentKilobytes() - before;
            }
            Assert.Less(grown, limit, "resident memory grew by " + grown + " kB");
        }

        [Test]
        public void TheAssembliesAreForEveryLanguage()
        {
            foreach (Assembly assembly in new[] { typeof(WebhookVerifier).Assembly, typeof(SecSignID.SecSignIDApi).Assembly })
            {
                Assert.IsTrue(assembly.GetCustomAttribute<CLSCompliantAttribute>()!.IsCompliant, assembly.FullName);
            }
            string[] about = typeof(WebhookVerifier).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Select(one => one.Key + "=" + one.Value).ToArray();
            CollectionAssert.IsSubsetOf(new[] { "IsTrimmable=True", "IsAotCompatible=True" }, about);
            Assert.AreEqual("2026-11", VisualBasicSample.Checks.Webhook(Secret, Signature(), Body));
            Assert.AreEqual("SIGNATURE_MISMATCH", VisualBasicSample.Checks.Webhook(Secret, Signature(), new byte[0]));
        }

        [Test]
        public void TheirPublicSurfaceIsTheCommittedOne()
        {
            PublicSurface.Check(typeof(WebhookVerifier).Assembly);
            PublicSurface.Check(typeof(SecSignID.SecSignIDApi).Assembly);
        }

        [Test]
        public void NothingIsLeftToTheMarshaller()
        {
            Type native = typeof(WebhookVerifier).Assembly.GetType("Countermark.Native.NativeMethods")!;
            foreach (MethodInfo method in native.GetMethods(BindingFlags.NonPublic | BindingFlags.Static).Where(method => method.IsDefined(typeof(DllImportAttribute))))
            {
                foreach (Type type in method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType))
                {
                    Assert.IsTrue(type.IsPointer || type.IsValueType || type == typeof(void), method.Name + " takes " + type);
                    Assert.AreNotEqual(typeof(bool), type, method.Name);
                }
            }
        }

        [Test]
        public void SecretsAreInNoText()
        {
            var key = new WebhookKey("a", Secret);
            var options = new WebhookOptions { Scheme = "github" };
            options.Keys.Add(key);
            var queryKey = new SignedQueryKey("a", Secret);
            foreach (object shown in new object[] { key, options, Verifier(), queryKey, Query() })
            {
                StringAssert.DoesNotContain(Secret, shown.ToString());
                foreach (PropertyInfo property in shown.GetType().GetProperties())
                {
                    StringAssert.DoesNotContain(Secret, property.GetValue(shown)?.ToString() ?? string.Empty);
                }
            }
        }

        private static WebhookVerifier Verifier()
        {
            var options = new WebhookOptions { Scheme = "github" };
            options.Keys.Add(new WebhookKey("a", Secret));
            return new WebhookVerifier(options);
        }

        private static WebhookRequest Request() => new WebhookRequest().AddHeader("X-Hub-Signature-256", Signature());

        private static string Signature()
        {
            using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(Secret));
            return "sha256=" + BitConverter.ToString(hmac.ComputeHash(Body)).Replace("-", string.Empty).ToLowerInvariant();
        }

        private static SignedQueryVerifier Query()
        {
            var options = new SignedQueryOptions { Audience = "https://members.example" };
            options.Keys.Add(new SignedQueryKey("a", Secret));
            return new SignedQueryVerifier(options);
        }

        private static string Signed(string user = "alice")
        {
            using var signer = new SignedQuerySigner(
                new SignedQuerySignerOptions(SignedQueryProfile.CountermarkV1, new SignedQueryKey("a", Secret)) { Audience = "https://members.example" });
            return signer.Sign(new[] { new KeyValuePair<string, string>("user", user) });
        }

        private static long ResidentKilobytes() => long.Parse(
            File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(':')[1].Replace("kB", string.Empty).Trim());
    }
}
