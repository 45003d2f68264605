using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Text;
using NUnit.Framework;

namespace Countermark.Tests
{
    /// <summary>A number that cannot be: the same codes as in every other language, and no <see cref="OverflowException"/>.</summary>
    [TestFixture]
    public class NumbersTests
    {
        private const string Secret = "0123456789abcdef0123456789abcdef";

        /// <summary>Below all, above what the library counts to, and the numbers that stand for none in the C ABI.</summary>
        private static readonly long[] Wrong = { -1, int.MinValue, long.MinValue, 1L << 32, long.MaxValue };
        private static readonly byte[] Nothing = new byte[0];

        [Test]
        public void Settings()
        {
            var settings = new Dictionary<string, Action<long>[]>
            {
                ["max_age_s"] = new Action<long>[]
                {
                    value => new WebhookVerifier(Webhook(options => options.MaxAgeSeconds = value)).Dispose(),
                    value => new WebhookExplainer(Webhook(options => options.MaxAgeSeconds = value)).Dispose(),
                    value => new WebhookVerifier(Own(spec => spec.MaxAgeSeconds = value)).Dispose(),
                    value => new SignedQueryVerifier(Query(options => options.MaxAgeSeconds = value)).Dispose(),
                },
                ["max_future_s"] = new Action<long>[]
                {
                    value => new WebhookVerifier(Webhook(options => options.MaxFutureSeconds = value)).Dispose(),
                    value => new WebhookExplainer(Webhook(options => options.MaxFutureSeconds = value)).Dispose(),
                    value => new WebhookVerifier(Own(spec => spec.MaxFutureSeconds = value)).Dispose(),
                    value => new SignedQueryVerifier(Query(options => options.MaxFutureSeconds = value)).Dispose(),
                },
                ["max_body_bytes"] = new Action<long>[]
                {
                    value => new WebhookVerifier(Webhook(options => options.MaxBodyBytes = value)).Dispose(),
                    value => new WebhookExplainer(Webhook(options => options.MaxBodyBytes = value)).Dispose(),
                },
                ["lifetime_s"] = new Action<long>[] { value => Signer(value).Dispose() },
                ["clock_skew_s"] = new Action<long>[] { value => new SecureSignClient(new HttpClient(), new SecureSignOptions("test", "ss_test_abc123xyz", "a") { ClockSkewSeconds = value }).Dispose() },
                ["idle_ms"] = new Action<long>[] { value => SecureSignRules.PinSessionIsOpen(0, value, 0) },
            };
            foreach (KeyValuePair<string, Action<long>[]> setting in settings)
            {
                foreach (Action<long> make in setting.Value)
                {
                    foreach (long wrong in Wrong)
                    {
                        Refused(ErrorCode.InvalidConfig, () => make(wrong), setting.Key);
                    }
                    make(1);
                }
            }
            foreach (int wrong in new[] { 0, -1, int.MinValue })
            {
                Refused(ErrorCode.InvalidConfig, () => new LoginService(new LoginOptions { ServiceName = "a", ServiceAddress = "b", ConnectTimeoutMs = wrong }), "connect_timeout_ms");
                Refused(ErrorCode.InvalidConfig, () => new LoginService(new LoginOptions { ServiceName = "a", ServiceAddress = "b", TotalTimeoutMs = wrong }), "total_timeout_ms");
                Refused(ErrorCode.InvalidConfig, () => new MemoryReplayStore(wrong), null);
            }
        }

        [Test]
        public void CountsOfACall()
        {
            foreach (long wrong in Wrong)
            {
                Refused(ErrorCode.InvalidInput, () => SecureSignRules.RateLimitWaitMs(new long[] { 0 }, wrong, 0), "rpm");
            }
            using LoginService service = Service();
            foreach (long wrong in Wrong)
            {
                using LoginTask login = Sent(service);
                Refused(ErrorCode.InvalidInput, () => login.OnResponse(wrong, Nothing, 0), "http_status");
            }
            foreach (int wrong in new[] { -1, int.MinValue })
            {
                using LoginTask asked = LoginTask.Begin(service, "alice", 0);
                Refused(ErrorCode.InvalidInput, () => asked.OnStore((ErrorCode)wrong, 0), null);
            }
        }

        [Test]
        public void TimesThatAreStrangeAndPossible()
        {
            using LoginService service = Service();
            using AuthSession session = Session(service);
            using var sealer = new SessionSealer(new[] { new SealKey("1", new byte[32]) }, "a", "b");
            using var store = new MemoryReplayStore();
            var calls = new Action<long>[]
            {
                ms => new SignedQueryVerifier(Query(_ => { })).Verify("a=b", ms),
                ms => Signer(60).Sign(new[] { new KeyValuePair<string, string>("a", "b") }, ms, null),
                ms => new WebhookVerifier(Webhook(_ => { })).Verify(new WebhookRequest(), Nothing, ms),
                ms => new WebhookExplainer(Webhook(_ => { })).Explain(new WebhookRequest(), Nothing, ms),
                ms => new WebhookSigner(Webhook(_ => { })).Sign(new WebhookRequest(), Nothing, null, ms),
                ms => WebhookVerifier.KeepUntilMs(null, TimeSpan.FromSeconds(1), ms),
                ms => WebhookVerifier.KeepUntilMs(ms, null, 0),
                ms => LoginTask.Begin(service, "alice", ms).Poll(ms),
                ms => LoginTask.Check(service, session, ms).Poll(ms),
                ms => LoginTask.Wait(service, session, ms, 0).Poll(ms),
                ms => Sent(service).OnResponse(200, Nothing, ms),
                ms => sealer.Open("token", "cookie", ms),
                ms => SecureSignRules.PinSessionIsOpen(ms, null, 0),
                ms => SecureSignRules.PinSessionIsOpen(0, null, ms),
                ms => SecureSignRules.RateLimitWaitMs(new[] { ms }, 1, 0),
                ms => SecureSignRules.RateLimitWaitMs(new[] { 0L }, 1, ms),
                ms => store.ReserveAsync("key", ms, 0, default).Wait(),
                ms => store.ReserveAsync("key", 0, ms, default).Wait(),
            };
            foreach (Action<long> call in calls)
            {
                foreach (long edge in new[] { 0, -1, long.MinValue, long.MaxValue })
                {
                    try
                    {
                        call(edge);
                    }
                    catch (CountermarkException refused)
                    {
                        Assert.AreNotEqual(ErrorCode.Internal, refused.Code);
                    }
                    catch (AggregateException failed)
                    {
                        Assert.IsInstanceOf<CountermarkException>(failed.InnerException);
                    }
                }
            }
        }

        private static void Refused(ErrorCode code, TestDelegate call, string? detail)
        {
            CountermarkException refused = Assert.Throws<CountermarkException>(call);
            Assert.AreEqual(code, refused.Code);
            if (detail != null)
            {
                Assert.AreEqual(detail, refused.Detail);
            }
        }

        private static WebhookOptions Webhook(Action<WebhookOptions> change)
        {
            var options = new WebhookOptions { Scheme = "stripe" };
            options.Keys.Add(new WebhookKey("1", Secret));
            change(options);
            return options;
        }

        private static WebhookOptions Own(Action<WebhookSchemeSpec> change)
        {
            var spec = new WebhookSchemeSpec { Id = "mine", SignatureHeader = "X-Mine" };
            change(spec);
            return Webhook(options =>
            {
                options.Scheme = null;
                options.Spec = spec;
            });
        }

        private static SignedQueryOptions Query(Action<SignedQueryOptions> change)
        {
            var options = new SignedQueryOptions { Audience = "a" };
            options.Keys.Add(new SignedQueryKey("1", Secret));
            change(options);
            return options;
        }

        private static SignedQuerySigner Signer(long lifetime) =>
            new SignedQuerySigner(new SignedQuerySignerOptions(SignedQueryProfile.CountermarkV1, new SignedQueryKey("1", Secret)) { Audience = "a", LifetimeSeconds = lifetime });

        private static LoginService Service() => new LoginService(new LoginOptions { ServiceName = "a", ServiceAddress = "b" });

        /// <summary>A login whose request is to be answered.</summary>
        private static LoginTask Sent(LoginService service)
        {
            LoginTask login = LoginTask.Begin(service, "alice", 0);
            login.OnStore(null, 0);
            return login;
        }

        /// <summary>A session exists only through a login, so one is begun and answered here.</summary>
        private static AuthSession Session(LoginService service)
        {
            using LoginTask login = Sent(service);
            login.OnResponse(200, Encoding.UTF8.GetBytes("authsessionid=1&requestid=2&authsessionstate=1&secsignid=alice"), 0);
            return login.GetChallenge().Session;
        }
    }
}
