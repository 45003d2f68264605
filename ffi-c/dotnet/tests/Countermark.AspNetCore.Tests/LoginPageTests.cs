using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Countermark.AspNetCore;
using Newtonsoft.Json.Linq;
using NUnit.Framework;

namespace Countermark.Tests
{
    /// <summary>The pages of the login, as browsers and attackers meet them.</summary>
    [TestFixture]
    public class LoginPageTests
    {
        [Test]
        public Task ItStandsWhatEveryLoginSiteMust() => PassesAsync("tests", "browser", "support", "against.js");

        [Test]
        public Task ItFollowsALoginInABrowser() => PassesAsync("ffi-c", "dotnet", "tests", "browser", "login-page.js");

        /// <summary>Runs tests of Node.js against a site and an ID server.</summary>
        private static async Task PassesAsync(params string[] file)
        {
            using var emulator = new Emulator();
            using var site = new Site(emulator.Server);
            var start = new ProcessStartInfo("node", "--test " + Path.Combine(Places.Root, Path.Combine(file)))
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
            start.Environment["SITE"] = site.Address.ToString();
            start.Environment["LOGIN_PAGE"] = "/login?return=/members";
            start.Environment["CONTROL"] = emulator.Control;
            start.Environment["CONTROL_TOKEN"] = emulator.Token;
            using Process node = Process.Start(start)!;
            string said = await node.StandardOutput.ReadToEndAsync();
            node.WaitForExit();
            Assert.AreEqual(0, node.ExitCode, said);
        }

        [Test]
        public async Task ABrowserWithoutScriptsLogsIn()
        {
            using var emulator = new Emulator();
            using var site = new Site(emulator.Server);
            string token = await BeginAsync(site, "alice");
            string open = await (await PostAsync(site, "/login/state", ("token", token), ("return", "/members"))).Content.ReadAsStringAsync();
            StringAssert.Contains("Waiting for your phone", open);
            StringAssert.Contains("data:image/png;base64,", open);
            await emulator.ControlAsync("POST", "/faults", JArray.Parse("[{\"request\":\"state\",\"secsignid\":\"alice\",\"fault\":\"html-502\",\"times\":1}]"));
            HttpResponseMessage away = await PostAsync(site, "/login/state", ("token", token), ("return", "/members"));
            Assert.AreEqual(HttpStatusCode.BadGateway, away.StatusCode);
            StringAssert.Contains(token, await away.Content.ReadAsStringAsync());
            await emulator.DecideAsync("alice", "approve");
            // Right after it; the question of a moment ago had another answer.
            HttpResponseMessage approved = await PostAsync(site, "/login/state", ("token", token), ("return", "/members"));
            Assert.AreEqual(HttpStatusCode.SeeOther, approved.StatusCode);
            Assert.AreEqual("/members", approved.Headers.Location.ToString());
            Assert.AreEqual("member alice", await site.Http.GetStringAsync("/members"));
        }

        /// <summary>Who asks again and again is one visitor, whose phone is asked about once in a while; of the end all are told.</summary>
        [Test]
        public async Task WhoAsksTooSoonWaits()
        {
            using var emulator = new Emulator();
            using var site = new Site(emulator.Server);
            string token = await BeginAsync(site, "alice");
            HttpResponseMessage[] open = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => PostAsync(site, "/login/state", ("token", token))));
            foreach (HttpResponseMessage page in open)
            {
                StringAssert.Contains("Waiting for your phone", await page.Content.ReadAsStringAsync());
            }
            int asked = await AskedAsync(emulator);
            await emulator.DecideAsync("alice", "approve");
            HttpResponseMessage[] ended = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => PostAsync(site, "/login/state", ("token", token))));
            Assert.IsTrue(ended.All(page => page.StatusCode == HttpStatusCode.SeeOther));
            Assert.AreEqual(asked + 1, await AskedAsync(emulator));
        }

        private static async Task<int> AskedAsync(Emulator emulator) => (await emulator.SentAsync()).Count(kind => (string?)kind == "state");

        [Test]
        public async Task ThePathsBelowThePageAreOfAnyCase()
        {
            using var emulator = new Emulator();
            using var site = new Site(emulator.Server);
            await site.Http.GetAsync("/login");
            string page = await (await PostAsync(site, "/login/Begin", ("secsignid", "alice"))).Content.ReadAsStringAsync();
            string token = Regex.Match(page, "name=\"token\" value=\"([^\"]+)\"").Groups[1].Value;
            await emulator.DecideAsync("alice", "approve");
            Assert.AreEqual(HttpStatusCode.SeeOther, (await PostAsync(site, "/login/STATE", ("token", token))).StatusCode);
            Assert.AreEqual(HttpStatusCode.Unauthorized, (await PostAsync(site, "/login/Cancel", ("token", token))).StatusCode);
            Assert.AreEqual(HttpStatusCode.MethodNotAllowed, (await site.Http.GetAsync("/login/BEGIN")).StatusCode);
        }

        [Test]
        public async Task ALoginThatEndedIsToldAndCanBeBegunAgain()
        {
            using var emulator = new Emulator();
            using var site = new Site(emulator.Server);
            string token = await BeginAsync(site, "bob");
            await emulator.DecideAsync("bob", "deny");
            string ended = await (await PostAsync(site, "/login/state", ("token", token), ("return", "/members"))).Content.ReadAsStringAsync();
            StringAssert.Contains("denied", ended);
            StringAssert.Contains("value=\"/members\"", ended);
            Assert.AreNotEqual(token, await BeginAsync(site, "bob"));

            // It may stay frozen until its owner does something.
            token = await BeginAsync(site, "carol");
            await emulator.DecideAsync("carol", "suspend");
            StringAssert.Contains("activate it again in the app", await (await PostAsync(site, "/login/state", ("token", token))).Content.ReadAsStringAsync());
        }

        [Test]
        public async Task AReturnAddressLeadsNowhereElse()
        {
            using var emulator = new Emulator("--approve-after", "0");
            using var site = new Site(emulator.Server);
            foreach (string target in new[]
            {
                "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example/", "https://members.example@evil.example/",
                "https://members.example.evil.example/", "/%09//evil.example", "/\t/evil.example", "javascript:alert(1)", " /x", "/./\\evil.example", "https:evil.example",
            })
            {
                string token = await BeginAsync(site, "visitor");
                HttpResponseMessage approved = await PostAsync(site, "/login/state", ("token", token), ("return", target));
                Assert.AreEqual("/", approved.Headers.Location?.OriginalString, target);
            }
        }

        [Test]
        public async Task OtherMethodsAreRefused()
        {
            using var site = new Site();
            foreach (string path in new[] { "/login/begin", "/login/state", "/login/cancel" })
            {
                HttpResponseMessage reply = await site.Http.GetAsync(path);
                Assert.AreEqual(HttpStatusCode.MethodNotAllowed, reply.StatusCode);
                Assert.AreEqual("POST", reply.Content.Headers.Allow.Single());
            }
        }

        /// <summary>Old browsers say only the origin. Behind a proxy the site knows its own by the options alone.</summary>
        [Test]
        public async Task OnlyAFormOfTheSiteItselfIsTaken()
        {
            using var emulator = new Emulator();
            using var site = new Site(emulator.Server);
            string token = await BeginAsync(site, "alice");
            foreach ((string? from, string? origin, bool isOwn) in new[]
            {
                ("same-site", Site.Origin, false), ("cross-site", null, false), ("same-origin, same-site", null, false),
                (null, "https://evil.members.example", false), (null, "http://members.example", false), (null, "https://members.example:8443", false),
                (null, "null", false), (null, site.Address.GetLeftPart(UriPartial.Authority), false),
                ("same-origin", "null", true), ("none", null, true), (null, Site.Origin, true), (null, null, true),
            })
            {
                foreach (string path in new[] { "/login/begin", "/login/state", "/login/cancel" })
                {
                    string form = isOwn ? "token=none" : "secsignid=bob&token=" + Uri.EscapeDataString(token);
                    var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(form, null, "application/x-www-form-urlencoded") };
                    request.Headers.Add("Accept", "text/html");
                    request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", from);
                    request.Headers.TryAddWithoutValidation("Origin", origin);
                    HttpStatusCode status = (await site.Http.SendAsync(request)).StatusCode;
                    Assert.AreEqual(!isOwn, status == HttpStatusCode.Forbidden, from + " " + origin + " " + path + " " + status);
                }
            }
            CollectionAssert.AreEqual(new[] { "start" }, (await emulator.SentAsync()).Select(kind => (string)kind!));
            // Else old browsers say "null".
            Assert.AreEqual("same-origin", (await site.Http.GetAsync("/login")).Headers.GetValues("Referrer-Policy").Single());
            StringAssert.Contains(nameof(LoginSchemeOptions.SiteOrigin), string.Join("\n", site.Logged));
        }

        private static async Task<string> BeginAsync(Site site, string id)
        {
            await site.Http.GetAsync("/login");
            string page = await (await PostAsync(site, "/login/begin", ("secsignid", id))).Content.ReadAsStringAsync();
            Match token = Regex.Match(page, "name=\"token\" value=\"([^\"]+)\"");
            Assert.IsTrue(token.Success, page);
            return token.Groups[1].Value;
        }

        /// <summary>As a browser sends a form.</summary>
        private static Task<HttpResponseMessage> PostAsync(Site site, string path, params (string Name, string Value)[] fields)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new FormUrlEncodedContent(fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))),
            };
            request.Headers.Add("Accept", "text/html,application/xhtml+xml");
            return site.Http.SendAsync(request);
        }
    }
}
