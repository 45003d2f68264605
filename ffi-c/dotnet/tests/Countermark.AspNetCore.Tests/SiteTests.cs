using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Countermark.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Newtonsoft.Json.Linq;
using NUnit.Framework;

namespace Countermark.Tests
{
    [TestFixture]
    public class SiteTests
    {
        [Test]
        public async Task AWebhookPassesOnce()
        {
            foreach (Action<CountermarkBuilder>? more in new Action<CountermarkBuilder>?[] { null, builder => builder.AddDistributedReplayStore() })
            {
                using var site = new Site(more: more, scheme: null);
                byte[] body = Encoding.UTF8.GetBytes("{\"id\":\"evt_1\"}");
                string signature = Sign(body);
                int handled = 0;
                HttpResponseMessage? meanwhile = null;
                site.Handler = async _ =>
                {
                    handled++;
                    meanwhile = await Post(site, body, signature);
                };
                Assert.AreEqual(HttpStatusCode.OK, (await Post(site, body, signature)).StatusCode);
                // The first may fail yet.
                Assert.AreEqual(WebhookHandshake.ErrorStatus("stripe", ErrorCode.Replayed), (int)meanwhile!.StatusCode);
                StringAssert.DoesNotContain("REPLAYED", await meanwhile.Content.ReadAsStringAsync());
                Assert.AreEqual(1, site.Logged.Count(line => line.Contains("REPLAYED")));
                // It is done.
                HttpResponseMessage after = await Post(site, body, signature);
                Assert.AreEqual((HttpStatusCode.OK, string.Empty), (after.StatusCode, await after.Content.ReadAsStringAsync()));
                Assert.AreEqual(2, site.Logged.Count(line => line.Contains("REPLAYED")));
                Assert.AreEqual(1, handled);
            }
        }

        [Test]
        public async Task AWebhookThatIsNotAuthenticIsRefused()
        {
            using var site = new Site();
            byte[] body = Encoding.UTF8.GetBytes("{\"id\":\"evt_1\"}");
            HttpResponseMessage changed = await Post(site, Encoding.UTF8.GetBytes("{\"id\":\"evt_2\"}"), Sign(body));
            Assert.AreEqual(WebhookHandshake.ErrorStatus("stripe", ErrorCode.SignatureMismatch), (int)changed.StatusCode);
            Assert.AreEqual(WebhookHandshake.ErrorStatus("stripe", ErrorCode.MissingHeader), (int)(await Post(site, body, null)).StatusCode);
            Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, (await Post(site, new byte[5000], Sign(body))).StatusCode);
            var chunked = new HttpRequestMessage(HttpMethod.Post, "/hooks/payments") { Content = new ByteArrayContent(new byte[5000]) };
            chunked.Headers.TransferEncodingChunked = true;
            Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, (await site.Http.SendAsync(chunked)).StatusCode);
            Assert.AreEqual(HttpStatusCode.MethodNotAllowed, (await site.Http.GetAsync("/hooks/payments")).StatusCode);
        }

        [Test]
        public async Task AWebhookThatCouldNotBeHandledMayComeAgain()
        {
            using var site = new Site();
            byte[] body = Encoding.UTF8.GetBytes("{\"id\":\"evt_3\"}");
            string signature = Sign(body);
            // It throws, what Countermark throws is no refusal of the webhook either, and it says itself that it could not.
            foreach (RequestDelegate failing in new RequestDelegate[]
            {
                _ => throw new InvalidOperationException("the database is away"),
                _ => throw CountermarkException.Of(ErrorCode.SignatureMismatch),
                context => Task.FromResult(context.Response.StatusCode = 503),
            })
            {
                site.Handler = failing;
                int status = (int)(await Post(site, body, signature)).StatusCode;
                Assert.IsTrue(status == 500 || status == 503, status.ToString());
            }
            site.Handler = _ => Task.CompletedTask;
            Assert.AreEqual(HttpStatusCode.OK, (await Post(site, body, signature)).StatusCode);
        }

        [Test]
        public async Task AWebhookWithoutASignedTimePassesOnce()
        {
            using var site = new Site();
            byte[] body = Encoding.UTF8.GetBytes("{\"zen\":\"Design for failure.\"}");
            Assert.AreEqual(HttpStatusCode.OK, (await Send(site, "/hooks/code", body, Sign("github", body))).StatusCode);
            Assert.AreEqual(HttpStatusCode.OK, (await Send(site, "/hooks/code", body, Sign("github", body))).StatusCode);
            Assert.AreEqual(1, site.Logged.Count(line => line.Contains("REPLAYED")));
            // Nobody said how long to remember, or not at all: the site does not start.
            foreach ((string name, TimeSpan? keep) in new (string, TimeSpan?)[] { ("code", null), ("payments", TimeSpan.Zero) })
            {
                var refusal = Assert.Throws<CountermarkException>(() => new Site(endpoints: endpoints => endpoints.MapWebhook("/hooks/more", name, _ => Task.CompletedTask, keep)));
                Assert.AreEqual(ErrorCode.InvalidConfig, refusal.Code);
                Assert.IsNotEmpty(refusal.Detail);
            }
        }

        [Test]
        public async Task AHandshakeIsAnswered()
        {
            using var site = new Site();
            // Slack signs it: a wrong signature is refused first.
            byte[] body = Encoding.UTF8.GetBytes("{\"type\":\"url_verification\",\"challenge\":\"3eZbrw1aBm2r\"}");
            HttpResponseMessage answer = await Send(site, "/hooks/chat", body, Sign("slack", body));
            Assert.AreEqual("3eZbrw1aBm2r", await answer.Content.ReadAsStringAsync());
            Assert.AreEqual("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            HttpResponseMessage forged = await Send(site, "/hooks/chat", body, Sign("slack", new byte[1]));
            Assert.AreEqual(WebhookHandshake.ErrorStatus("slack", ErrorCode.SignatureMismatch), (int)forged.StatusCode);
            byte[] message = Encoding.UTF8.GetBytes("{\"type\":\"event_callback\"}");
            Assert.AreEqual("handled", await (await Send(site, "/hooks/chat", message, Sign("slack", message))).Content.ReadAsStringAsync());
            // Meta does not, and asks by GET.
            const string query = "/hooks/social?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=";
            Assert.AreEqual("1158201444", await site.Http.GetStringAsync(query + "verify-me"));
            Assert.AreNotEqual(HttpStatusCode.OK, (await site.Http.GetAsync(query + "another")).StatusCode);
            Assert.AreNotEqual(HttpStatusCode.OK, (await site.Http.GetAsync("/hooks/social")).StatusCode);
        }

        [Test]
        public async Task AStoreThatGivesUpIsOutOfReach()
        {
            using var site = new Site(more: builder => builder.AddReplayStore<TiredStore>());
            int status = ErrorTable.Rows.First(row => row.Code == ErrorCode.StoreUnavailable).HttpStatus;
            Assert.AreEqual(status, (int)(await site.Http.GetAsync("/link?" + Link("alice"))).StatusCode);
            byte[] body = Encoding.UTF8.GetBytes("{\"id\":\"evt_4\"}");
            Assert.AreEqual(WebhookHandshake.ErrorStatus("stripe", ErrorCode.StoreUnavailable), (int)(await Post(site, body, Sign(body))).StatusCode);
        }

        private sealed class TiredStore : IReplayStore
        {
            public Task<bool> ReserveAsync(string key, long untilMs, long nowMs, CancellationToken cancellationToken) => throw new TaskCanceledException();

            public Task CommitAsync(string key, CancellationToken cancellationToken) => throw new TaskCanceledException();

            public Task<bool> IsCommittedAsync(string key, CancellationToken cancellationToken) => throw new TaskCanceledException();

            public Task ReleaseAsync(string key, CancellationToken cancellationToken) => throw new TaskCanceledException();
        }

        [Test]
        public async Task AStoreThatKnowsNothingAfterwardsChangesNoAnswerAndIsLogged()
        {
            using var site = new Site(more: builder => builder.AddReplayStore<ForgetfulStore>());
            byte[] body = Encoding.UTF8.GetBytes("{\"id\":\"evt_5\"}");
            string signature = Sign(body);
            site.Handler = context => Task.FromResult(context.Response.StatusCode = 503);
            Assert.AreEqual(503, (int)(await Post(site, body, signature)).StatusCode);
            site.Handler = _ => Task.CompletedTask;
            Assert.AreEqual(HttpStatusCode.OK, (await Post(site, body, signature)).StatusCode);
            Assert.AreEqual(WebhookHandshake.ErrorStatus("stripe", ErrorCode.Replayed), (int)(await Post(site, body, signature)).StatusCode);
            CollectionAssert.AreEqual(
                new[] { "ReleaseAsync", "CommitAsync", "IsCommittedAsync" }.Select(step => "3 stripe: the replay store failed at " + step),
                site.Logged.Where(line => line.Contains("store")));
        }

        /// <summary>Takes the first two messages.</summary>
        private sealed class ForgetfulStore : IReplayStore
        {
            private int asked;

            public Task<bool> ReserveAsync(string key, long untilMs, long nowMs, CancellationToken cancellationToken) => Task.FromResult(++asked < 3);

            public Task CommitAsync(string key, CancellationToken cancellationToken) => throw new TaskCanceledException();

            public Task<bool> IsCommittedAsync(string key, CancellationToken cancellationToken) => throw new TaskCanceledException();

            public Task ReleaseAsync(string key, CancellationToken cancellationToken) => throw new TaskCanceledException();
        }

        [Test]
        public async Task ALinkIsReadAsItArrived()
        {
            using var site = new Site();
            // The second mark belongs to the first name.
            Assert.AreNotEqual(HttpStatusCode.OK, (await site.Http.GetAsync("/link??" + Link("alice"))).StatusCode);
            // What the page itself throws is no refusal of the link.
            Assert.AreEqual(HttpStatusCode.InternalServerError, (await site.Http.GetAsync("/broken?" + Link("alice"))).StatusCode);
        }

        [Test]
        public async Task ALoginWorksBelowAPath()
        {
            using var emulator = new Emulator("--id", "alice");
            using var site = new Site(emulator.Server);
            HttpResponseMessage members = await site.Http.GetAsync("/base/members");
            Assert.AreEqual("/base/login", members.Headers.Location.ToString().Split('?')[0].Replace(site.Address.ToString().TrimEnd('/'), string.Empty));
            await site.Http.GetAsync(members.Headers.Location);
            HttpResponseMessage page = await PostForm(site, "/base/login/begin", ("secsignid", "alice"));
            StringAssert.Contains("name=\"token\"", await page.Content.ReadAsStringAsync());
        }

        [Test]
        public async Task WhatIsNoFormOfTheLoginIsRefused()
        {
            using var site = new Site();
            await site.Http.GetAsync("/login");
            foreach (string path in new[] { "/login/begin", "/login/state", "/login/cancel" })
            {
                int missing = await StatusAsync(site, path, "application/x-www-form-urlencoded", "other=field");
                Assert.IsTrue(missing >= 400 && missing < 500, path + " " + missing);
                Assert.AreEqual(415, await StatusAsync(site, path, "application/json", "{}"));
                Assert.AreEqual(415, await StatusAsync(site, path, "multipart/form-data; boundary=b", "no part"));
                Assert.AreEqual(413, await StatusAsync(site, path, "application/x-www-form-urlencoded", "return=" + new string('x', 70_000)));
                string many = string.Join("&", Enumerable.Range(0, 2000).Select(number => "a" + number + "=b"));
                Assert.AreEqual(400, await StatusAsync(site, path, "application/x-www-form-urlencoded", many));
                Assert.AreEqual(400, await StatusAsync(site, path, "application/x-www-form-urlencoded", "secsignid=a%00&token=a%00"));
                Assert.AreEqual(415, await StatusAsync(site, path, "application/x-www-form-urlencodedX", "secsignid=a"));
            }
        }

        private static async Task<int> StatusAsync(Site site, string path, string type, string body)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            // After a body that it did not read, the server closes the connection.
            request.Headers.ConnectionClose = true;
            return (int)(await site.Http.SendAsync(request)).StatusCode;
        }

        [Test]
        public void ThePublicSurfaceIsTheCommittedOne() => PublicSurface.Check(typeof(CountermarkOptions).Assembly);

        [Test]
        public async Task ALinkPassesOnce()
        {
            using var site = new Site();
            string link = "/link?" + Link("alice");
            HttpResponseMessage first = await site.Http.GetAsync(link);
            Assert.AreEqual("hello alice", await first.Content.ReadAsStringAsync());
            Assert.AreEqual("no-referrer", first.Headers.GetValues("Referrer-Policy").Single());
            Assert.IsTrue(first.Headers.CacheControl.NoStore);
            Assert.AreEqual(HttpStatusCode.Conflict, (await site.Http.GetAsync(link)).StatusCode);
            string changed = "/link?" + Link("alice").Replace("alice", "mallory");
            HttpResponseMessage refused = await site.Http.GetAsync(changed);
            Assert.AreEqual(401, (int)refused.StatusCode);
            Assert.AreEqual(ErrorTable.Rows.First(row => row.Code == ErrorCode.SignatureMismatch).PublicMessage, await refused.Content.ReadAsStringAsync());
            StringAssert.DoesNotContain("mallory", string.Join("\n", site.Logged));
        }

        [Test]
        public async Task TheDistributedStoreKeepsWhatWasUsed()
        {
            using var site = new Site(more: builder => builder.AddDistributedReplayStore(), scheme: null);
            string link = "/link?" + Link("alice");
            Task<HttpResponseMessage>[] all = Enumerable.Range(0, 20).Select(_ => site.Http.GetAsync(link)).ToArray();
            await Task.WhenAll(all);
            Assert.AreEqual(1, all.Count(answer => answer.Result.StatusCode == HttpStatusCode.OK));
        }

        [Test]
        public async Task TheDistributedStoreGivesNoKeyWhoseTimeIsOver()
        {
            using var store = new DistributedReplayStore(new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions())));
            long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 60_000;
            var refused = Assert.Throws<VerificationException>(() => store.ReserveAsync("a", now - 1, now, CancellationToken.None).GetAwaiter().GetResult());
            Assert.AreEqual(ErrorCode.TimestampTooOld, refused.Code);
            Assert.IsTrue(await store.ReserveAsync("a", now, now, CancellationToken.None));
        }

        [Test]
        public async Task TheDistributedStoreKnowsWhatIsDone()
        {
            var cache = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()));
            using var store = new DistributedReplayStore(cache);
            Task<bool> Reserve(string key) => store.ReserveAsync(key, 60_000, 0, CancellationToken.None);
            Task<bool> IsDone(string key) => store.IsCommittedAsync(key, CancellationToken.None);

            await store.CommitAsync("a", CancellationToken.None);
            Assert.AreEqual((false, true, false), (await IsDone("a"), await Reserve("a"), await IsDone("a")));
            await store.CommitAsync("a", CancellationToken.None);
            await store.CommitAsync("a", CancellationToken.None);
            await store.ReleaseAsync("a", CancellationToken.None);
            Assert.AreEqual((true, false), (await IsDone("a"), await Reserve("a")));

            await Reserve("b");
            await store.ReleaseAsync("b", CancellationToken.None);
            await store.ReleaseAsync("b", CancellationToken.None);
            Assert.AreEqual((false, true), (await IsDone("b"), await Reserve("b")));

            // As older versions kept it: nobody knows until when.
            cache.Set("c", new byte[] { 1 }, new DistributedCacheEntryOptions());
            await store.CommitAsync("c", CancellationToken.None);
            Assert.AreEqual((false, false), (await IsDone("c"), await Reserve("c")));
            await store.ReleaseAsync("c", CancellationToken.None);
            Assert.IsTrue(await Reserve("c"));
        }

        [Test]
        public async Task TheDistributedStoreLosesNoKeyWhoseAnswerWasLost()
        {
            var cache = new LossyCache();
            using var store = new DistributedReplayStore(cache);
            Task<bool> Reserve(string key) => store.ReserveAsync(key, 60_000, 0, CancellationToken.None);
            cache.Loses = true;
            Assert.Throws<System.IO.IOException>(() => Reserve("a").GetAwaiter().GetResult());
            cache.Loses = false;
            // Nobody waits for it to be given back.
            Stopwatch watch = Stopwatch.StartNew();
            while (!await Reserve("a"))
            {
                Assert.Less(watch.ElapsedMilliseconds, 60_000);
                await Task.Delay(20);
            }
            Assert.IsFalse(await Reserve("a"));
        }

        [Test]
        public async Task TheDistributedStoreGivesAKeyBackToACacheThatWasAway()
        {
            var cache = new LossyCache();
            using var store = new DistributedReplayStore(cache);
            Task<bool> Reserve(string key) => store.ReserveAsync(key, 60_000, 0, CancellationToken.None);
            Assert.AreEqual((true, true, true), (await Reserve("a"), await Reserve("b"), await Reserve("done")));
            await store.CommitAsync("done", CancellationToken.None);
            foreach (string key in new[] { "a", "b", "done" })
            {
                cache.Away[key] = true;
                Assert.Throws<System.IO.IOException>(() => store.ReleaseAsync(key, CancellationToken.None).GetAwaiter().GetResult());
            }
            // One whose answer got lost in a cache that then was away, too.
            cache.Loses = cache.Leaves = true;
            Assert.Throws<System.IO.IOException>(() => Reserve("d").GetAwaiter().GetResult());
            cache.Loses = false;
            // Another has taken this one before the cache was back. Whoever asks for others waits for none of this.
            cache.Set("b", new byte[] { 1 }, new DistributedCacheEntryOptions());
            Assert.IsTrue(await Reserve("c"));
            cache.Away.Clear();
            bool a = false, d = false;
            Stopwatch watch = Stopwatch.StartNew();
            while (!(a = a || await Reserve("a")) | !(d = d || await Reserve("d")))
            {
                Assert.Less(watch.ElapsedMilliseconds, 60_000);
                await Task.Delay(20);
            }
            Assert.AreEqual((false, false), (await Reserve("b"), await Reserve("done")));
        }

        /// <summary>Keeps what it is told, and says that it has not. For some keys it may be away.</summary>
        private sealed class LossyCache : IDistributedCache
        {
            private readonly MemoryDistributedCache kept = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()));

            public bool Loses { get; set; }

            public bool Leaves { get; set; }

            public ConcurrentDictionary<string, bool> Away { get; } = new ConcurrentDictionary<string, bool>();

            public byte[] Get(string key) => kept.Get(key);

            public Task<byte[]> GetAsync(string key, CancellationToken token = default) => Call(key, () => kept.GetAsync(key, token));

            public void Refresh(string key) => kept.Refresh(key);

            public Task RefreshAsync(string key, CancellationToken token = default) => kept.RefreshAsync(key, token);

            public void Remove(string key) => kept.Remove(key);

            public Task RemoveAsync(string key, CancellationToken token = default) => Call(key, () => kept.RemoveAsync(key, token));

            public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => kept.Set(key, value, options);

            public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
            {
                await kept.SetAsync(key, value, options, token);
                if (Loses)
                {
                    if (Leaves)
                    {
                        Away[key] = true;
                    }
                    throw new System.IO.IOException("the answer was lost");
                }
            }

            private T Call<T>(string key, Func<T> call) => Away.ContainsKey(key) ? throw new System.IO.IOException("away") : call();
        }

        [Test]
        public async Task TheDistributedStoreKeepsAKeyToTheEndInACacheOfWholeSeconds()
        {
            var cache = new WholeSeconds();
            using var store = new DistributedReplayStore(cache);
            // The caller's clock need not be that of the cache.
            foreach (long now in new[] { DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), 0 })
            {
                foreach (long life in new[] { 0, 1, 999, 1000, 1001, 4950 })
                {
                    string key = now + "/" + life;
                    Stopwatch watch = Stopwatch.StartNew();
                    Assert.IsTrue(await store.ReserveAsync(key, now + life, now, CancellationToken.None));
                    Assert.IsFalse(await store.ReserveAsync(key, now + life, now, CancellationToken.None));
                    Assert.Greater(cache.Seconds * 1000, life, key);
                    Assert.Less(cache.Seconds * 1000, life + 2000, key);
                    await store.CommitAsync(key, CancellationToken.None);
                    Assert.Greater((cache.Seconds * 1000) + watch.Elapsed.TotalMilliseconds, life, key);
                    Assert.Less(cache.Seconds * 1000, life + 2000, key);
                }
            }
            Assert.IsTrue(await store.ReserveAsync("for ever", long.MaxValue, 0, CancellationToken.None));
            await store.CommitAsync("for ever", CancellationToken.None);
            Assert.IsTrue(await store.IsCommittedAsync("for ever", CancellationToken.None));
            // A work that outlasts the time of its key, in a cache that has it still.
            var longer = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(9) };
            cache.Set("late", Encoding.ASCII.GetBytes(DateTimeOffset.UtcNow.UtcTicks.ToString()), longer);
            await store.CommitAsync("late", CancellationToken.None);
            Assert.IsFalse(await store.IsCommittedAsync("late", CancellationToken.None));
        }

        /// <summary>Keeps keys as Microsoft's cache in Redis does: the rest of a second is dropped.</summary>
        private sealed class WholeSeconds : IDistributedCache
        {
            private readonly Dictionary<string, (DateTimeOffset End, byte[] Value)> kept = new Dictionary<string, (DateTimeOffset, byte[])>();

            internal long Seconds { get; private set; }

            public void Set(string key, byte[] value, DistributedCacheEntryOptions options)
            {
                DateTimeOffset now = DateTimeOffset.UtcNow;
                Seconds = (long)((options.AbsoluteExpiration ?? now + options.AbsoluteExpirationRelativeToNow)!.Value - now).TotalSeconds;
                kept[key] = (now.AddSeconds(Seconds), value);
            }

            public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token)
            {
                Set(key, value, options);
                return Task.CompletedTask;
            }

            public byte[]? Get(string key) => kept.TryGetValue(key, out (DateTimeOffset End, byte[] Value) one) && one.End > DateTimeOffset.UtcNow ? one.Value : null;

            public Task<byte[]> GetAsync(string key, CancellationToken token) => Task.FromResult(Get(key)!);

            public void Refresh(string key) => throw new NotSupportedException();

            public Task RefreshAsync(string key, CancellationToken token) => throw new NotSupportedException();

            public void Remove(string key) => throw new NotSupportedException();

            public Task RemoveAsync(string key, CancellationToken token) => throw new NotSupportedException();
        }

        [Test]
        public void AConfigurationThatCannotBeUsedStopsTheSiteAtStart()
        {
            var failure = Assert.Throws<OptionsValidationException>(() => new Site(more: builder => builder.Services.Configure<CountermarkOptions>(options =>
                options.Webhooks["other"] = new WebhookOptions { Scheme = "no-such" })));
            StringAssert.Contains("Webhooks[other]", failure.Message);
        }

        [Test]
        public void ALoginThatCannotBeUsedStopsTheSiteAtStart()
        {
            foreach (Action<LoginSchemeOptions> spoil in new Action<LoginSchemeOptions>[]
            {
                options => options.Login.Server = "http://id.example",
                options => options.Login.ServiceName = null,
                options => options.SiteOrigin = null,
                options => options.SignInScheme = null,
                options => options.DefaultReturnUrl = "https://evil.example",
                options => options.SealKeys.Add(new SealKey("2026-11", new byte[31])),
                options => options.SignInScheme = "Cookie",
                options => options.SignInScheme = "SecSign",
                options => options.Path = "/",
                options => options.Path = string.Empty,
                options => options.Path = "/login/",
            })
            {
                var failure = Assert.Throws<OptionsValidationException>(() => new Site(more: builder => builder.Services.PostConfigure("SecSign", spoil)));
                StringAssert.Contains("login SecSign: ", failure.Message);
            }
            // One path would be that of both; the store may give a key twice; the cookie could not have the name.
            foreach ((Action<CountermarkBuilder> more, string scheme, string told) in new (Action<CountermarkBuilder>, string, string)[]
            {
                (builder => builder.Services.AddAuthentication().AddCountermark("Other", options => Site.Login(options, "http://127.0.0.1:9")), "SecSign", "Path"),
                (builder => builder.AddDistributedReplayStore(), "SecSign", nameof(DistributedReplayStore)),
                (_ => { }, "SecSign ID", "SecSign ID"),
                (_ => { }, "a;b", "a;b"),
                (_ => { }, "für alle", "für alle"),
            })
            {
                StringAssert.Contains(told, Assert.Throws<OptionsValidationException>(() => new Site(more: more, scheme: scheme)).Message);
            }
        }

        [Test]
        public void AnEndpointThatCannotBeUsedStopsTheSiteAtStart()
        {
            void Twilio(CountermarkOptions options)
            {
                var hook = new WebhookOptions { Scheme = "twilio" };
                hook.Keys.Add(new WebhookKey("a", Site.Secret));
                options.Webhooks["sms"] = hook;
            }
            void Start(string? origin, RequestDelegate? handler) => new Site(
                more: builder => builder.Services.Configure<CountermarkOptions>(Twilio),
                endpoints: endpoints => endpoints.MapWebhook("/hooks/sms", "sms", handler!, TimeSpan.FromDays(1), origin: origin)).Dispose();

            foreach (string? origin in new[] { null, string.Empty, "hooks.example", "https://", "https://hooks.example?a", "https://a@hooks.example", "ftp://hooks.example", "https://hooks.example:99999" })
            {
                var refusal = Assert.Throws<CountermarkException>(() => Start(origin, _ => Task.CompletedTask), origin);
                Assert.AreEqual((ErrorCode.InvalidConfig, "origin"), (refusal.Code, refusal.Detail), origin);
            }
            foreach (string origin in new[] { "https://hooks.example", "https://hooks.example/", "http://[::1]:8080/below" })
            {
                Start(origin, _ => Task.CompletedTask);
            }
            Assert.Throws<ArgumentNullException>(() => Start("https://hooks.example", null));
            Assert.Throws<ArgumentNullException>(() => new DistributedReplayStore(null!));
        }

        [Test]
        public void AKeyThatCannotBeUsedIsTold()
        {
            var hook = new WebhookOptions { Scheme = "standard-webhooks" };
            hook.Keys.Add(new WebhookKey("good", "whsec_" + Convert.ToBase64String(Encoding.ASCII.GetBytes(Site.Secret))));
            hook.Keys.Add(new WebhookKey("spoiled", "whsec_!!!"));
            using var site = new Site(more: builder => builder.Services.Configure<CountermarkOptions>(options => options.Webhooks["events"] = hook));
            Assert.AreEqual("6 webhook events: key spoiled cannot be used", site.Logged.Single(line => line.StartsWith("6 ")));
        }

        [Test]
        public async Task ABodyAboveTheLimitsOfOthersIsTaken()
        {
            using var site = new Site(more: builder => builder.Services.Configure<CountermarkOptions>(options => options.MaxWebhookBytes = 31_000_000));
            var body = new byte[31_000_000];
            Assert.AreEqual(HttpStatusCode.OK, (await Post(site, body, Sign(body))).StatusCode);
        }

        [Test]
        public async Task AWebhooksOwnLimitIsInThePlaceOfTheSites()
        {
            foreach (int own in new[] { 100, 5000 })
            {
                using var site = new Site(more: builder => builder.Services.Configure<CountermarkOptions>(options => options.Webhooks["payments"].MaxBodyBytes = own));
                foreach ((int length, HttpStatusCode status) in new[] { (own, HttpStatusCode.OK), (own + 1, HttpStatusCode.RequestEntityTooLarge) })
                {
                    Assert.AreEqual(status, (await Post(site, new byte[length], Sign(new byte[length]))).StatusCode, length.ToString());
                }
            }
        }

        [Test]
        public async Task TheLastWordOnTheLimitCounts()
        {
            using var site = new Site(more: builder => builder.Services.PostConfigure<CountermarkOptions>(options => options.MaxWebhookBytes = 100));
            foreach ((int length, HttpStatusCode status) in new[] { (100, HttpStatusCode.OK), (101, HttpStatusCode.RequestEntityTooLarge) })
            {
                Assert.AreEqual(status, (await Post(site, new byte[length], Sign(new byte[length]))).StatusCode, length.ToString());
            }
        }

        [Test]
        public async Task OnlyAGetUsesALink()
        {
            using var site = new Site();
            string link = "/link?" + Link("alice");
            foreach (string method in new[] { "OPTIONS", "HEAD", "POST", "PUT" })
            {
                HttpResponseMessage refused = await site.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), link));
                Assert.AreEqual((HttpStatusCode.MethodNotAllowed, "GET"), (refused.StatusCode, refused.Content.Headers.Allow.Single()), method);
            }
            Assert.AreEqual(HttpStatusCode.OK, (await site.Http.GetAsync(link)).StatusCode);
        }

        [Test]
        public async Task ALoginOpensThePage()
        {
            using var emulator = new Emulator("--id", "alice");
            using var site = new Site(emulator.Server);
            HttpResponseMessage members = await site.Http.GetAsync("/members");
            Assert.AreEqual(HttpStatusCode.Redirect, members.StatusCode);
            string ask = await site.Http.GetStringAsync(members.Headers.Location);
            StringAssert.Contains("/members", ask);

            string page = await (await PostForm(site, "/login/begin", ("secsignid", "Alice"), ("return", "/members"))).Content.ReadAsStringAsync();
            StringAssert.Contains("data:image/png;base64,", page);
            string token = Regex.Match(page, "name=\"token\" value=\"([^\"]+)\"").Groups[1].Value;
            JObject pending = await State(site, token);
            Assert.AreEqual("pending", (string)pending["state"]);

            // Another visitor has another cookie.
            using HttpClient other = Site.Browser(site.Address);
            await other.GetAsync("/login");
            HttpResponseMessage stolen = await other.PostAsync("/login/state", Form(("token", token)));
            Assert.AreNotEqual(HttpStatusCode.OK, stolen.StatusCode);

            JToken session = JArray.Parse(await emulator.ControlAsync("GET", "/sessions"))[0];
            await emulator.ControlAsync("POST", "/sessions/" + session["authsessionid"], new JObject { ["action"] = "approve" });
            JObject approved = await State(site, token);
            Assert.AreEqual("approved", (string)approved["state"]);
            StringAssert.EndsWith("/members", (string)approved["next"]);
            Assert.AreEqual("member alice", await site.Http.GetStringAsync("/members"));
            string logged = string.Join("\n", site.Logged);
            StringAssert.Contains("login Approved", logged);
            StringAssert.DoesNotContain((string)session["requestid"], logged);
            StringAssert.DoesNotContain(token, logged);
        }

        [Test]
        public async Task ALoginIsCanceledAndNeverTakesForgedTokens()
        {
            using var emulator = new Emulator("--id", "alice");
            using var site = new Site(emulator.Server);
            await site.Http.GetAsync("/login");
            string page = await (await PostForm(site, "/login/begin", ("secsignid", "alice"))).Content.ReadAsStringAsync();
            string token = Regex.Match(page, "name=\"token\" value=\"([^\"]+)\"").Groups[1].Value;
            Assert.AreNotEqual(HttpStatusCode.OK, (await PostForm(site, "/login/state", ("token", token.Substring(2)))).StatusCode);
            Assert.AreNotEqual(HttpStatusCode.OK, (await PostForm(site, "/login/state", ("token", string.Empty))).StatusCode);
            Assert.AreEqual(HttpStatusCode.SeeOther, (await PostForm(site, "/login/cancel", ("token", token))).StatusCode);
            StringAssert.Contains("\"cancel\"", await emulator.ControlAsync("GET", "/transcript"));
            HttpResponseMessage script = await PostForm(site, "/login/begin", ("secsignid", "<script>alert(1)</script>"), ("return", "\"><script>"));
            StringAssert.DoesNotContain("<script>alert", await script.Content.ReadAsStringAsync());
            Assert.AreEqual(HttpStatusCode.Redirect, (await site.Http.GetAsync("/members")).StatusCode);
        }

        [Test]
        public async Task OverHttpsOnlyACookieOfThisHostBindsALogin()
        {
            using var emulator = new Emulator("--id", "alice");
            using var site = new Site(emulator.Server);
            using HttpClient http = Site.Browser(site.Address, cookies: false);
            string plain = (await http.GetAsync("/base/login")).Headers.GetValues("Set-Cookie").Single();
            StringAssert.StartsWith("countermark.SecSign=", plain);
            StringAssert.Contains("path=/base/login; samesite=lax; httponly", plain.ToLowerInvariant());

            http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
            string secure = (await http.GetAsync("/base/login")).Headers.GetValues("Set-Cookie").Single();
            StringAssert.StartsWith("__Host-countermark.SecSign=", secure);
            StringAssert.Contains("path=/; secure; samesite=lax; httponly", secure.ToLowerInvariant());
            StringAssert.DoesNotContain("domain", secure.ToLowerInvariant());

            // What a neighbour could have planted for the whole domain opens nothing.
            foreach ((string cookie, bool opens) in new[] { (plain, false), (secure, true) })
            {
                var request = new HttpRequestMessage(HttpMethod.Post, "/base/login/begin") { Content = Form(("secsignid", "alice")) };
                request.Headers.Add("Cookie", cookie.Split(';')[0]);
                Assert.AreEqual(opens, (await http.SendAsync(request)).IsSuccessStatusCode);
            }
        }

        [Test]
        public async Task ACookieThatWasPlantedBeforeSharesNoLogin()
        {
            using var emulator = new Emulator("--id", "alice");
            using var site = new Site(emulator.Server);
            using HttpClient http = Site.Browser(site.Address, cookies: false);
            async Task<HttpResponseMessage> Ask(HttpMethod method, string path, string? cookie)
            {
                var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Post ? Form(("secsignid", "alice")) : null };
                request.Headers.Add("Cookie", cookie ?? string.Empty);
                return await http.SendAsync(request);
            }
            string Cookie(HttpResponseMessage page) => page.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

            string planted = Cookie(await Ask(HttpMethod.Get, "/login", null));
            string own = Cookie(await Ask(HttpMethod.Get, "/login", planted));
            Assert.AreNotEqual(planted, own);
            StringAssert.Contains("name=\"token\"", await (await Ask(HttpMethod.Post, "/login/begin", own)).Content.ReadAsStringAsync());
            // A second click shows the login that is open, to who has its cookie.
            StringAssert.Contains("name=\"token\"", await (await Ask(HttpMethod.Post, "/login/begin", own)).Content.ReadAsStringAsync());
            StringAssert.DoesNotContain("name=\"token\"", await (await Ask(HttpMethod.Post, "/login/begin", planted)).Content.ReadAsStringAsync());
            // The form anew is a new visit, and the ID is free for it.
            string next = Cookie(await Ask(HttpMethod.Get, "/login", own));
            StringAssert.Contains("name=\"token\"", await (await Ask(HttpMethod.Post, "/login/begin", next)).Content.ReadAsStringAsync());
            CollectionAssert.AreEqual(new[] { "start", "cancel", "start" }, (await emulator.SentAsync()).Select(kind => (string)kind!));
        }

        [Test]
        public async Task AServerThatTakesNoConnectionIsGivenUpLongBeforeTheEndOfTheExchange()
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start(1);
            var waiting = new List<Socket>();
            try
            {
                // Nobody accepts: once the queue is full, the kernel answers no further connection. One alone may just be late.
                var connects = new List<Task>();
                bool IsFull() => connects.TakeLast(3).Count(connect => !connect.IsCompleted) == 3;
                while (!IsFull() && waiting.Count < 100)
                {
                    waiting.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                    connects.Add(waiting.Last().ConnectAsync(listener.LocalEndpoint));
                    await Task.WhenAny(connects.Last(), Task.Delay(500));
                }
                Assert.IsTrue(IsFull());

                using var site = new Site("http://" + listener.LocalEndpoint, builder => builder.Services.PostConfigure<LoginSchemeOptions>("SecSign", options =>
                {
                    options.Login.ConnectTimeoutMs = 200;
                    options.Login.TotalTimeoutMs = 90_000;
                }));
                await site.Http.GetAsync("/login");
                Task<HttpResponseMessage> begin = PostForm(site, "/login/begin", ("secsignid", "alice"));
                Assert.AreSame(begin, await Task.WhenAny(begin, Task.Delay(30_000)));
                StringAssert.Contains("TIMEOUT", string.Join("\n", site.Logged));

                // Nothing was sent to it, so another may be asked.
                using var emulator = new Emulator("--id", "alice");
                using var second = new Site("http://" + listener.LocalEndpoint, builder => builder.Services.PostConfigure<LoginSchemeOptions>("SecSign", options =>
                {
                    options.Login.Fallback = emulator.Server;
                    options.Login.ConnectTimeoutMs = 3000;
                }));
                await second.Http.GetAsync("/login");
                StringAssert.Contains("name=\"token\"", await (await PostForm(second, "/login/begin", ("secsignid", "alice"))).Content.ReadAsStringAsync());
            }
            finally
            {
                waiting.ForEach(socket => socket.Dispose());
                listener.Stop();
            }
        }

        [Test]
        public async Task ALoadIsCarried()
        {
            using var site = new Site();
            const int total = 4000;
            int next = 0, wrong = 0;
            Stopwatch watch = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ =>
            {
                int number;
                while ((number = Interlocked.Increment(ref next)) <= total)
                {
                    byte[] body = Encoding.UTF8.GetBytes("{\"id\":\"evt_" + number + "\"}");
                    bool good = number % 4 != 0;
                    HttpResponseMessage answer = await Post(site, good ? body : new byte[10], Sign(body));
                    if ((answer.StatusCode == HttpStatusCode.OK) != good)
                    {
                        Interlocked.Increment(ref wrong);
                    }
                }
            }));
            Console.WriteLine("load: " + total + " webhooks over Kestrel, " + (total * 1000L / Math.Max(1, watch.ElapsedMilliseconds)) + " a second");
            Assert.AreEqual(0, wrong);
        }

        private static async Task<JObject> State(Site site, string token) => JObject.Parse(
            await (await PostForm(site, "/login/state", ("token", token), ("return", "/members"))).Content.ReadAsStringAsync());

        private static Task<HttpResponseMessage> PostForm(Site site, string path, params (string Name, string Value)[] fields) =>
            site.Http.PostAsync(path, Form(fields));

        internal static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
            new FormUrlEncodedContent(fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)));

        private static Task<HttpResponseMessage> Post(Site site, byte[] body, string? signature)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/hooks/payments") { Content = new ByteArrayContent(body) };
            if (signature != null)
            {
                request.Headers.TryAddWithoutValidation("Stripe-Signature", signature);
            }
            return site.Http.SendAsync(request);
        }

        private static Task<HttpResponseMessage> Send(Site site, string path, byte[] body, IEnumerable<KeyValuePair<string, string>> headers)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
            foreach (KeyValuePair<string, string> header in headers)
            {
                request.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
            return site.Http.SendAsync(request);
        }

        private static string Sign(byte[] body) => Sign("stripe", body).Single().Value;

        private static IReadOnlyList<KeyValuePair<string, string>> Sign(string scheme, byte[] body)
        {
            var options = new WebhookOptions { Scheme = scheme };
            options.Keys.Add(new WebhookKey("a", Site.Secret));
            using var signer = new WebhookSigner(options);
            return signer.Sign(new WebhookRequest(), body, null).Headers;
        }

        internal static string Link(string user)
        {
            using var signer = new SignedQuerySigner(
                new SignedQuerySignerOptions(SignedQueryProfile.CountermarkV1, new SignedQueryKey("a", Site.Secret)) { Audience = Site.Origin });
            return signer.Sign(new[] { new KeyValuePair<string, string>("user", user) });
        }
    }
}
