using System;
using System.Collections;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Countermark.AspNetCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Newtonsoft.Json.Linq;
using NUnit.Framework;

namespace Countermark.Tests
{
    /// <summary>Logins that go wrong, and visitors who do not wait.</summary>
    [TestFixture]
    public class LoginFaultTests
    {
        [Test]
        public async Task ACancelOfABrowserThatLeavesIsSent()
        {
            using var emulator = new Emulator("--id", "alice");
            var line = new Line();
            using Site site = Made(emulator, options => options.Backchannel = line);
            string token = await BeginAsync(site, "alice");
            TaskCompletionSource<bool> gate = line.Close();
            using var leaves = new CancellationTokenSource();
            Task<HttpResponseMessage> cancel = PostAsync(site, "/login/cancel", leaves.Token, ("token", token));
            await line.ReachedAsync();
            leaves.Cancel();
            try
            {
                await cancel;
                Assert.Fail("it stayed");
            }
            catch (OperationCanceledException)
            {
            }
            // The site gets to know of it.
            await Task.Delay(500);
            gate.SetResult(true);
            await EventuallyAsync(async () => (await emulator.SentAsync()).Any(kind => (string?)kind == "cancel"));
        }

        [Test]
        public async Task ARefusedLoginIsToldToWhoIsSignedInAlready()
        {
            using var emulator = new Emulator();
            using var site = new Site(emulator.Server);
            string first = await BeginAsync(site, "alice");
            await emulator.DecideAsync("alice", "approve");
            var fields = new[] { ("token", first), ("return", "/members") };
            Assert.AreEqual(HttpStatusCode.SeeOther, (await PostAsync(site, "/login/state", default, fields)).StatusCode);
            // One more click.
            HttpResponseMessage again = await PostAsync(site, "/login/state", default, fields);
            Assert.AreEqual("/members", again.Headers.Location?.ToString());

            string second = await BeginAsync(site, "bob");
            HttpResponseMessage forged = await PostAsync(site, "/login/state", default, ("token", "forged"), ("return", "/members"));
            Assert.AreEqual(HttpStatusCode.Unauthorized, forged.StatusCode);
            await emulator.ControlAsync("POST", "/faults", JArray.Parse("[{\"request\":\"state\",\"secsignid\":\"bob\",\"fault\":\"gone\",\"times\":1}]"));
            HttpResponseMessage gone = await PostAsync(site, "/login/state", default, ("token", second), ("return", "/members"));
            Assert.AreEqual(HttpStatusCode.Unauthorized, gone.StatusCode);
            StringAssert.IsMatch("role=\"alert\">[^<]", await gone.Content.ReadAsStringAsync());
        }

        [Test]
        public async Task ALoginThatCannotBeSealedIsWithdrawn()
        {
            using var emulator = new Emulator("--id", "alice");
            byte[] secret = Enumerable.Range(1, 32).Select(at => (byte)at).ToArray();
            using Site site = Made(emulator, options => options.SealKeys.Add(new SealKey("old", secret) { NotAfterMs = 1000 }));
            await site.Http.GetAsync("/login");
            Assert.AreEqual(HttpStatusCode.InternalServerError, (await PostAsync(site, "/login/begin", default, ("secsignid", "alice"))).StatusCode);
            CollectionAssert.AreEqual(new[] { "start", "cancel" }, (await emulator.SentAsync()).Select(kind => (string)kind!));
        }

        [Test]
        public async Task AScriptInTheBackgroundEndsNoLogin()
        {
            using var emulator = new Emulator("--id", "alice");
            using var site = new Site(emulator.Server);
            string token = await BeginAsync(site, "alice");
            foreach (string accept in new[] { "*/*", "application/json", "image/avif,image/webp,*/*;q=0.8" })
            {
                HttpResponseMessage refused = await GetAsync(site, "/members", accept);
                Assert.AreEqual((HttpStatusCode.Unauthorized, (Uri?)null), (refused.StatusCode, refused.Headers.Location));
                Assert.IsFalse((await GetAsync(site, "/login", accept)).Headers.Contains("Set-Cookie"));
            }
            await emulator.DecideAsync("alice", "approve");
            Assert.AreEqual("/", (await PostAsync(site, "/login/state", default, ("token", token))).Headers.Location?.ToString());
            Assert.AreEqual(HttpStatusCode.OK, (await GetAsync(site, "/members", "*/*")).StatusCode);
            Assert.IsTrue((await GetAsync(site, "/login", "text/html")).Headers.Contains("Set-Cookie"));
        }

        [Test]
        public async Task NoAnswerTellsWhichIdsThereAre()
        {
            using var emulator = new Emulator("--id", "alice", "--frozen-id", "ice");
            using var site = new Site(emulator.Server);
            var answers = new[] { "nobody", "ice" }.Select(async id =>
            {
                await site.Http.GetAsync("/login");
                HttpResponseMessage refused = await PostAsync(site, "/login/begin", default, ("secsignid", id));
                return (refused.StatusCode, Regex.Replace(await refused.Content.ReadAsStringAsync(), "nonce[^ >]+", string.Empty));
            });
            (HttpStatusCode Status, string Page) nobody = await answers.First(), ice = await answers.Last();
            Assert.AreEqual(nobody, ice);
            Assert.AreEqual(HttpStatusCode.Unauthorized, ice.Status);
            StringAssert.Contains("frozen", ice.Page);
        }

        [Test]
        public async Task APageDoesNotWaitForTheLoginThatItEnds()
        {
            using var emulator = new Emulator("--id", "alice");
            var line = new Line();
            using Site site = Made(emulator, options =>
            {
                options.Backchannel = line;
                options.Login.TotalTimeoutMs = 90_000;
            });
            await BeginAsync(site, "alice");
            TaskCompletionSource<bool> gate = line.Close();
            await site.Http.GetAsync("/login");
            // Sent at once all the same, and the next one waits for it: it finds the ID free.
            await line.ReachedAsync();
            line.Open();
            Task<HttpResponseMessage> begin = PostAsync(site, "/login/begin", default, ("secsignid", "alice"));
            await Task.WhenAny(begin, Task.Delay(500));
            gate.SetResult(true);
            StringAssert.Contains("name=\"token\"", await (await begin).Content.ReadAsStringAsync());
            CollectionAssert.AreEqual(new[] { "start", "cancel", "start" }, (await emulator.SentAsync()).Select(kind => (string)kind!));
        }

        [Test]
        public async Task ACookieThatWasNotGivenOutHereBeginsNothing()
        {
            using var emulator = new Emulator("--id", "alice");
            using var site = new Site(emulator.Server);
            using HttpClient http = Site.Browser(site.Address, cookies: false);
            string issued = (await http.GetAsync("/login")).Headers.GetValues("Set-Cookie").Single().Split(';')[0];
            foreach ((string cookie, HttpStatusCode status) in new[]
            {
                (issued + "-00", HttpStatusCode.Unauthorized),
                (issued.ToLowerInvariant().Replace("secsign", "SecSign") + "g", HttpStatusCode.Unauthorized),
                ("countermark.SecSign=" + new string('A', 14_000), HttpStatusCode.Unauthorized),
                (issued, HttpStatusCode.OK),
            })
            {
                var request = new HttpRequestMessage(HttpMethod.Post, "/login/begin") { Content = new StringContent("secsignid=alice", null, "application/x-www-form-urlencoded") };
                request.Headers.Add("Cookie", cookie);
                Assert.AreEqual(status, (await http.SendAsync(request)).StatusCode);
            }
            CollectionAssert.AreEqual(new[] { "start" }, (await emulator.SentAsync()).Select(kind => (string)kind!));
        }

        [Test]
        public async Task ABeginningThatFailsLeavesNothingInMemory()
        {
            using var emulator = new Emulator("--id", "alice");
            using var site = new Site(emulator.Server);
            await site.Http.GetAsync("/login");
            await PostAsync(site, "/login/begin", default, ("secsignid", "nobody"));
            object sites = site.Made.GetRequiredService(typeof(LoginSchemeOptions).Assembly.GetType("Countermark.AspNetCore.LoginSites")!);
            object open = Hidden(((IDictionary)Hidden(sites, "sites")).Values.Cast<object>().Single(), "<Open>k__BackingField");
            Assert.AreEqual(0, ((MemoryCache)Hidden(open, "logins")).Count);
        }

        private static object Hidden(object holder, string field) =>
            holder.GetType().GetField(field, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(holder)!;

        [Test]
        public async Task AnIdWithoutAnAccountIsTold()
        {
            using var emulator = new Emulator("--approve-after", "0");
            using Site site = Made(emulator, options => options.FindAccount = _ => null);
            HttpResponseMessage page = await PostAsync(site, "/login/state", default, ("token", await BeginAsync(site, "alice")));
            Assert.AreEqual(HttpStatusCode.Forbidden, page.StatusCode);
            StringAssert.Contains("no account", await page.Content.ReadAsStringAsync());
            var script = new HttpRequestMessage(HttpMethod.Post, "/login/state") { Content = Form(("token", await BeginAsync(site, "bob"))) };
            JObject told = JObject.Parse(await (await site.Http.SendAsync(script)).Content.ReadAsStringAsync());
            StringAssert.Contains("no account", (string?)told["text"]);
            Assert.AreEqual((true, (string?)null), ((bool)told["final"]!, (string?)told["next"]));
            Assert.AreEqual(HttpStatusCode.Redirect, (await site.Http.GetAsync("/members")).StatusCode);
        }

        [Test]
        public async Task TheWayBackIsKept()
        {
            using var emulator = new Emulator("--approve-after", "0");
            using Site site = Made(emulator, options => options.DefaultReturnUrl = "/home");
            await site.Http.GetAsync("/login");
            string page = await (await PostAsync(site, "/login/begin", default, ("secsignid", "alice"), ("return", "/members?a=b"))).Content.ReadAsStringAsync();
            const string start = "/login?return=%2Fmembers%3Fa%3Db";
            Assert.AreEqual(1, Regex.Matches(page, Regex.Escape("\"" + start + "\"")).Count, page);
            string token = Regex.Match(page, "name=\"token\" value=\"([^\"]+)\"").Groups[1].Value;
            HttpResponseMessage canceled = await PostAsync(site, "/login/cancel", default, ("token", token), ("return", "/members?a=b"));
            Assert.AreEqual(start, canceled.Headers.Location?.ToString());
            // Below the path that the site has.
            HttpResponseMessage approved = await PostAsync(site, "/base/login/state", default, ("token", await BeginAsync(site, "bob", "/base")));
            Assert.AreEqual("/base/home", approved.Headers.Location?.ToString());
        }

        private static Site Made(Emulator emulator, Action<LoginSchemeOptions> settings) =>
            new Site(emulator.Server, builder => builder.Services.PostConfigure("SecSign", settings));

        private static async Task<string> BeginAsync(Site site, string id, string below = "")
        {
            await site.Http.GetAsync(below + "/login");
            string page = await (await PostAsync(site, below + "/login/begin", default, ("secsignid", id))).Content.ReadAsStringAsync();
            Match token = Regex.Match(page, "name=\"token\" value=\"([^\"]+)\"");
            Assert.IsTrue(token.Success, page);
            return token.Groups[1].Value;
        }

        private static async Task EventuallyAsync(Func<Task<bool>> happened)
        {
            Stopwatch watch = Stopwatch.StartNew();
            while (!await happened())
            {
                Assert.Less(watch.ElapsedMilliseconds, 10_000);
                await Task.Delay(50);
            }
        }

        private static Task<HttpResponseMessage> GetAsync(Site site, string path, string accept)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("Accept", accept);
            return site.Http.SendAsync(request);
        }

        /// <summary>As a browser sends a form.</summary>
        private static Task<HttpResponseMessage> PostAsync(Site site, string path, CancellationToken cancellationToken, params (string Name, string Value)[] fields)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Form(fields) };
            request.Headers.Add("Accept", "text/html");
            return site.Http.SendAsync(request, cancellationToken);
        }

        private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
            new FormUrlEncodedContent(fields.ToDictionary(field => field.Name, field => field.Value));

        /// <summary>To the ID server, and closed when it has to be.</summary>
        private sealed class Line : DelegatingHandler
        {
            private readonly TaskCompletionSource<bool> reached = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            private volatile TaskCompletionSource<bool>? gate;

            internal Line()
                : base(LoginClient.CreateHandler())
            {
            }

            /// <summary>What comes from now on waits until the gate is set, whatever its own time-out.</summary>
            internal TaskCompletionSource<bool> Close() => gate = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);

            /// <summary>What comes from now on goes through. What waits still does.</summary>
            internal void Open() => gate = null;

            /// <summary>Until something waits.</summary>
            internal async Task ReachedAsync() => Assert.AreSame(reached.Task, await Task.WhenAny(reached.Task, Task.Delay(60_000)));

            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                if (gate is TaskCompletionSource<bool> closed)
                {
                    reached.TrySetResult(true);
                    await closed.Task;
                }
                return await base.SendAsync(request, cancellationToken);
            }
        }
    }
}
