using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Countermark.AspNetCore;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace Countermark.Tests
{
    /// <summary>Sites as strangers put them together, with what else ASP.NET Core has.</summary>
    [TestFixture]
    public class HostTests
    {
        private const string Away = "http://127.0.0.1:9";

        [Test]
        public async Task APageMayAskForALoginByName()
        {
            using var emulator = new Emulator("--approve-after", "0");
            using IHost host = Start(
                services =>
                {
                    services.AddCountermark(_ => { });
                    // Also as the default: it keeps nobody, and the cookie does.
                    services.AddAuthentication("Members").AddCookie("Kept")
                        .AddCountermark("Members", options => Login(options, emulator.Server, "/login"))
                        .AddCountermark("Staff", options => Login(options, emulator.Server, "/staff"));
                },
                endpoints =>
                {
                    Page(endpoints, "/members", "Members");
                    Page(endpoints, "/office", "Staff");
                    endpoints.MapGet("/default", context => context.Response.WriteAsync(context.User.Identity.Name ?? "nobody"));
                });
            using HttpClient http = Browser(host);
            Assert.AreEqual("nobody", await http.GetStringAsync("/default"));
            StringAssert.EndsWith("/login?return=%2Fmembers", (await http.GetAsync("/members")).Headers.Location.ToString());
            await LogInAsync(http, "/login", "alice");
            Assert.AreEqual("alice", await http.GetStringAsync("/members"));
            Assert.AreEqual("alice", await http.GetStringAsync("/default"));
            // Of another login it knows nobody.
            StringAssert.EndsWith("/staff?return=%2Foffice", (await http.GetAsync("/office")).Headers.Location.ToString());
        }

        [Test]
        public async Task ALoginNeedsNothingElse()
        {
            using var emulator = new Emulator("--approve-after", "0");
            // The path of the cookies leads to the login, with the name that they have for the way back.
            using IHost host = Start(
                services => services.AddAuthentication("Kept").AddCookie("Kept", options => options.LoginPath = "/login")
                    .AddCountermark("SecSign", options => Login(options, emulator.Server, "/login")),
                endpoints => Page(endpoints, "/members", null));
            using HttpClient http = Browser(host);
            Uri login = (await http.GetAsync("/members")).Headers.Location;
            StringAssert.Contains("name=\"return\" value=\"/members\"", await http.GetStringAsync(login));
            await LogInAsync(http, "/login", "alice");
            Assert.AreEqual("alice", await http.GetStringAsync("/members"));
        }

        [Test]
        public async Task WhatTheSiteHasBesideTheLoginPageIsLeftAlone()
        {
            using IHost host = Start(
                services => services.AddAuthentication("Kept").AddCookie("Kept").AddCountermark("SecSign", options => Login(options, Away, "/login")),
                endpoints =>
                {
                    endpoints.MapPost("/login", context => context.Response.WriteAsync("by password"));
                    endpoints.MapGet("/login/help", context => context.Response.WriteAsync("help"));
                });
            using HttpClient http = Browser(host);
            HttpResponseMessage help = await http.GetAsync("/login/help");
            Assert.AreEqual("help", await help.Content.ReadAsStringAsync());
            Assert.IsNull(help.Headers.CacheControl);
            Assert.AreEqual("by password", await (await http.PostAsync("/login", new StringContent(string.Empty))).Content.ReadAsStringAsync());
            // Whoever looks whether the page is there gets no cookie, so ends no login.
            HttpResponseMessage head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/login"));
            Assert.AreEqual((HttpStatusCode.OK, false), (head.StatusCode, head.Headers.Contains("Set-Cookie")));
        }

        [Test]
        public async Task WhyAStoreFailedIsLogged()
        {
            using var site = new Site(Away, builder => builder.AddReplayStore<BrokenStore>());
            await site.Http.GetAsync("/login");
            await site.Http.PostAsync("/login/begin", SiteTests.Form(("secsignid", "alice")));
            await site.Http.SendAsync(Signed("/hooks/payments"));
            await site.Http.GetAsync("/link?" + SiteTests.Link("alice"));
            CollectionAssert.AreEqual(
                new[] { "login", "stripe", "signed query" }.Select(kind => "3 " + kind + ": the replay store failed at ReserveAsync"),
                site.Logged.Where(line => line.StartsWith("3 ")));
        }

        /// <summary>Of these steps nobody is told anything, whatever the store throws.</summary>
        [Test]
        public async Task WhyAKeyWasNotGivenBackIsLogged()
        {
            using var site = new Site(Away, builder => builder.AddReplayStore<RefusingStore>());
            site.Handler = context => throw new InvalidOperationException("the work failed");
            try
            {
                await site.Http.SendAsync(Signed("/hooks/payments"));
            }
            catch (InvalidOperationException)
            {
                // The server of the tests hands it on.
            }
            CollectionAssert.Contains(site.Logged, "3 stripe: the replay store failed at ReleaseAsync");
        }

        private sealed class RefusingStore : IReplayStore
        {
            public Task<bool> ReserveAsync(string key, long untilMs, long nowMs, CancellationToken cancellationToken) => Task.FromResult(true);

            public Task CommitAsync(string key, CancellationToken cancellationToken) => Task.CompletedTask;

            public Task<bool> IsCommittedAsync(string key, CancellationToken cancellationToken) => Task.FromResult(false);

            public Task ReleaseAsync(string key, CancellationToken cancellationToken) => throw CountermarkException.Of(ErrorCode.StoreUnavailable);
        }

        private sealed class BrokenStore : IReplayStore
        {
            public Task<bool> ReserveAsync(string key, long untilMs, long nowMs, CancellationToken cancellationToken) => throw new IOException("no route");

            public Task CommitAsync(string key, CancellationToken cancellationToken) => throw new IOException("no route");

            public Task<bool> IsCommittedAsync(string key, CancellationToken cancellationToken) => throw new IOException("no route");

            public Task ReleaseAsync(string key, CancellationToken cancellationToken) => throw new IOException("no route");
        }

        [Test]
        public async Task AHandlerThatStopsWithItsSenderLetsTheMessageComeAgain()
        {
            using var site = new Site(more: builder => builder.AddReplayStore<TellingStore>());
            using var stop = new CancellationTokenSource();
            site.Handler = async context =>
            {
                stop.Cancel();
                await Task.Delay(60_000, context.RequestAborted);
            };
            HttpRequestMessage message = Signed("/hooks/payments"), again = Again(message);
            try
            {
                await site.Http.SendAsync(message, stop.Token);
                Assert.Fail("it was answered");
            }
            catch (OperationCanceledException)
            {
            }
            Task released = ((TellingStore)site.Made.GetRequiredService<IReplayStore>()).Released.Task;
            Assert.AreSame(released, await Task.WhenAny(released, Task.Delay(60_000)));
            int handled = 0;
            site.Handler = _ => Task.FromResult(handled++);
            Assert.AreEqual(HttpStatusCode.OK, (await site.Http.SendAsync(again)).StatusCode);
            Assert.AreEqual(1, handled);
        }

        private sealed class TellingStore : IReplayStore
        {
            private readonly MemoryReplayStore kept = new MemoryReplayStore();

            public TaskCompletionSource<bool> Released { get; } = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);

            public Task<bool> ReserveAsync(string key, long untilMs, long nowMs, CancellationToken cancellationToken) =>
                kept.ReserveAsync(key, untilMs, nowMs, cancellationToken);

            public Task CommitAsync(string key, CancellationToken cancellationToken) => kept.CommitAsync(key, cancellationToken);

            public Task<bool> IsCommittedAsync(string key, CancellationToken cancellationToken) => kept.IsCommittedAsync(key, cancellationToken);

            public async Task ReleaseAsync(string key, CancellationToken cancellationToken)
            {
                await kept.ReleaseAsync(key, cancellationToken);
                Released.SetResult(true);
            }
        }

        [Test]
        public async Task AnAnswerMayBeCompressed()
        {
            using IHost host = Start(
                services =>
                {
                    services.AddResponseCompression().AddResponseCaching().AddCountermark(options =>
                    {
                        options.Webhooks["payments"] = Stripe();
                        options.MaxWebhookBytes = 4096;
                    });
                    services.AddAuthentication();
                },
                endpoints => endpoints.MapWebhook("/hooks/payments", "payments", async context =>
                {
                    context.Response.ContentType = "text/plain";
                    await context.Response.WriteAsync("handled");
                }),
                app => app.UseResponseCompression().UseResponseCaching().UseStatusCodePages());
            using HttpClient http = Browser(host);
            http.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");
            HttpResponseMessage answer = await http.SendAsync(Signed("/hooks/payments"));
            using var text = new StreamReader(new GZipStream(await answer.Content.ReadAsStreamAsync(), CompressionMode.Decompress));
            Assert.AreEqual("handled", await text.ReadToEndAsync());
            foreach (string method in new[] { "GET", "HEAD", "OPTIONS" })
            {
                HttpResponseMessage refused = await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/hooks/payments"));
                Assert.AreEqual((HttpStatusCode.MethodNotAllowed, "POST"), (refused.StatusCode, refused.Content.Headers.Allow.Single()), method);
            }
        }

        /// <summary>Such as a middleware that looks at answers, or puts one together from several.</summary>
        [Test]
        public async Task TheTextThatASenderWantsIsNotAddedToTheHandlersOwnAnswer()
        {
            var hook = new WebhookOptions { Scheme = "adyen-header" };
            hook.Keys.Add(new WebhookKey("a", "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"));
            using var signer = new WebhookSigner(hook);
            bool isKept = false;
            RequestDelegate handler = _ => Task.CompletedTask;
            using IHost host = Start(
                services =>
                {
                    services.AddCountermark(options =>
                    {
                        options.Webhooks["payments"] = hook;
                        options.MaxWebhookBytes = 4096;
                    });
                    services.AddAuthentication();
                },
                endpoints => endpoints.MapWebhook("/hooks/payments", "payments", context => handler(context), TimeSpan.FromDays(1)),
                app => app.Use(async (context, next) =>
                {
                    Stream body = context.Response.Body;
                    using var kept = new MemoryStream();
                    context.Response.Body = isKept ? kept : body;
                    await next();
                    context.Response.Body = body;
                    await body.WriteAsync(kept.ToArray());
                }));
            using HttpClient http = Browser(host);
            int sent = 0;
            foreach ((RequestDelegate does, string text) in new (RequestDelegate, string)[]
            {
                (_ => Task.CompletedTask, "[accepted]"),
                (context => context.Response.WriteAsync("own"), "own"),
                (context =>
                {
                    context.Response.ContentType = "application/json";
                    return context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes("{}")).AsTask();
                }, "{}"),
                (context => Task.FromResult(context.Response.ContentLength = 0), string.Empty),
                (context => Task.FromResult(context.Response.ContentType = "text/plain"), "[accepted]"),
            })
            {
                handler = does;
                foreach (bool each in new[] { false, true })
                {
                    isKept = each;
                    byte[] body = Encoding.ASCII.GetBytes("{\"number\":" + ++sent + "}");
                    var message = new HttpRequestMessage(HttpMethod.Post, "/hooks/payments") { Content = new ByteArrayContent(body) };
                    foreach (KeyValuePair<string, string> header in signer.Sign(new WebhookRequest(), body, null).Headers)
                    {
                        message.Headers.TryAddWithoutValidation(header.Key, header.Value);
                    }
                    HttpResponseMessage answer = await http.SendAsync(message);
                    Assert.AreEqual((HttpStatusCode.OK, text), (answer.StatusCode, await answer.Content.ReadAsStringAsync()), isKept.ToString());
                }
            }
        }

        /// <summary>Whatever is wrong with a body, its sender is to blame, and nobody is woken.</summary>
        [Test]
        public async Task ABodyThatTheServerRefusesIsNoFaultOfTheSite()
        {
            int faults = 0, done = 0;
            using IHost host = Start(
                services =>
                {
                    services.AddCountermark(options =>
                    {
                        options.Webhooks["payments"] = Stripe();
                        options.MaxWebhookBytes = 4096;
                    });
                    services.AddAuthentication("Kept").AddCookie("Kept").AddCountermark("SecSign", options => Login(options, Away, "/login"));
                },
                endpoints => endpoints.MapWebhook("/hooks/payments", "payments", _ => Task.CompletedTask),
                app => app.Use(async (context, next) =>
                {
                    await next();
                    Interlocked.Increment(ref done);
                }).UseExceptionHandler(failed => failed.Run(_ => Task.FromResult(Interlocked.Increment(ref faults)))));
            int port = Address(host).Port;
            var form = new[] { new KeyValuePair<string, string>("Content-Type", "application/x-www-form-urlencoded") }.ToList();
            int sent = 0;
            foreach (string path in new[] { "/login/begin", "/login/state", "/login/cancel", "/hooks/payments" })
            {
                foreach ((int length, string? framing, int? status) in new (int, string?, int?)[]
                {
                    (70_000, null, 413), (70_000, "chunked", 413), (1, "broken", 400), (1000, "aborted", null),
                })
                {
                    RawReply? reply = await new RawRequest("POST", path, form, new byte[length]).With(framing).SendAsync(port);
                    Assert.AreEqual(status, reply?.Status, path + " " + length + " " + framing);
                    sent++;
                    // Whoever goes away does not wait for the end.
                    for (int waited = 0; Volatile.Read(ref done) < sent && waited < 2000; waited++)
                    {
                        await Task.Delay(5);
                    }
                    Assert.AreEqual((sent, 0), (done, faults), path + " " + length + " " + framing);
                }
            }
        }

        /// <summary>The sender is there, and waits.</summary>
        [Test]
        public async Task WhatTheSiteItselfGivesUpIsNoRefusal()
        {
            using IHost host = Start(
                services =>
                {
                    services.AddCountermark(options =>
                    {
                        options.Webhooks["payments"] = Stripe();
                        options.MaxWebhookBytes = 4096;
                    });
                    services.AddAuthentication("Kept").AddCookie("Kept").AddCountermark("SecSign", options => Login(options, Away, "/login"));
                },
                endpoints => endpoints.MapWebhook("/hooks/payments", "payments", _ => Task.CompletedTask),
                app => app.UseExceptionHandler(failed => failed.Run(context => context.Response.WriteAsync("fault"))).Use(async (context, next) =>
                {
                    context.Request.Body = new GivingUp();
                    await next();
                }));
            using HttpClient http = Browser(host);
            foreach (string path in new[] { "/login/begin", "/hooks/payments" })
            {
                HttpResponseMessage answer = await http.PostAsync(path, new FormUrlEncodedContent(new Dictionary<string, string> { ["secsignid"] = "alice" }));
                Assert.AreEqual((HttpStatusCode.InternalServerError, "fault"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()), path);
            }
        }

        private sealed class GivingUp : MemoryStream
        {
            public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => throw new TaskCanceledException();

            public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new TaskCanceledException();
        }

        [Test]
        public async Task AFallbackPolicyIsForVisitors()
        {
            using var emulator = new Emulator("--approve-after", "0");
            using IHost host = Start(
                services =>
                {
                    services.AddAuthorization(options => options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
                    services.AddCountermark(options =>
                    {
                        options.Webhooks["payments"] = Stripe();
                        options.MaxWebhookBytes = 4096;
                    });
                    services.AddAuthentication("Kept").AddCookie("Kept", options => options.SlidingExpiration = true)
                        .AddCountermark("SecSign", options => Login(options, emulator.Server, "/login"));
                },
                endpoints =>
                {
                    endpoints.MapWebhook("/hooks/payments", "payments", _ => Task.CompletedTask).WithMetadata(new AllowAnonymousAttribute());
                    endpoints.MapGet("/members", context => context.Response.WriteAsync(context.User.Identity.Name));
                },
                app => app.UseStatusCodePagesWithReExecute("/error").UseCookiePolicy());
            using HttpClient http = Browser(host);
            Assert.AreEqual(HttpStatusCode.OK, (await http.SendAsync(Signed("/hooks/payments"))).StatusCode);
            HttpRequestMessage forged = Signed("/hooks/payments");
            forged.Content = new StringContent("{}");
            HttpResponseMessage refused = await http.SendAsync(forged);
            Assert.AreEqual((HttpStatusCode.Unauthorized, "text/plain"), (refused.StatusCode, refused.Content.Headers.ContentType.MediaType));
            Assert.AreEqual(HttpStatusCode.Redirect, (await http.GetAsync("/members")).StatusCode);
            await LogInAsync(http, "/login", "alice");
            Assert.AreEqual("alice", await http.GetStringAsync("/members"));
        }

        [Test]
        public async Task OptionsMayComeFromAFileAndAHandlerFromAFactory()
        {
            using var emulator = new Emulator("--approve-after", "0");
            string file = Path.GetTempFileName();
            void Write(string path) => File.WriteAllText(file, "{\"Path\": \"" + path + "\", \"SiteOrigin\": \"" + Site.Origin + "\", \"SignInScheme\": \"Kept\", \"Login\": {"
                + "\"Server\": \"" + emulator.Server + "\", \"ServiceName\": \"Members\", \"ServiceAddress\": \"" + Site.Origin + "\"}}");
            Write("/login");
            try
            {
                using IHost host = Start(
                    services =>
                    {
                        services.AddHttpClient("id server");
                        services.AddOptions<LoginSchemeOptions>("SecSign").Bind(new ConfigurationBuilder().AddJsonFile(file, false, true).Build())
                            .Configure<IHttpMessageHandlerFactory>((options, handlers) => options.Backchannel = handlers.CreateHandler("id server"));
                        services.AddAuthentication("Kept").AddCookie("Kept").AddCountermark("SecSign", _ => { });
                    },
                    endpoints => Page(endpoints, "/members", null));
                using HttpClient http = Browser(host);
                await LogInAsync(http, "/login", "alice");
                Assert.AreEqual("alice", await http.GetStringAsync("/members"));
                Write("/signin");
                Stopwatch watch = Stopwatch.StartNew();
                while ((await http.GetAsync("/signin")).StatusCode != HttpStatusCode.OK)
                {
                    if (watch.Elapsed > TimeSpan.FromSeconds(60))
                    {
                        Assert.Fail("the file was not read again");
                    }
                    await Task.Delay(50);
                }
                await LogInAsync(http, "/signin", "bob");
                Assert.AreEqual("bob", await http.GetStringAsync("/members"));
            }
            finally
            {
                File.Delete(file);
            }
        }

        /// <summary>Such as a scheme that picks another by what the request has.</summary>
        [Test]
        public async Task ASignInSchemeThatLeadsBackToTheLoginKnowsNobody()
        {
            using IHost host = Start(
                services => services.AddAuthentication("Pick").AddPolicyScheme("Pick", null, options => options.ForwardDefault = "SecSign")
                    .AddCountermark("SecSign", options =>
                    {
                        Login(options, Away, "/login");
                        options.SignInScheme = "Pick";
                    }),
                endpoints => Page(endpoints, "/members", null));
            using HttpClient http = Browser(host);
            StringAssert.EndsWith("/login?return=%2Fmembers", (await http.GetAsync("/members")).Headers.Location.ToString());
        }

        [Test]
        public void ALoginDoesNotKeepItsOwnVisitors()
        {
            var options = new LoginSchemeOptions();
            Login(options, Away, "/login");
            options.Validate("SecSign");
            Assert.Throws<ArgumentException>(() => options.Validate("Kept"));
        }

        private static IHost Start(Action<IServiceCollection> services, Action<IEndpointRouteBuilder> endpoints, Action<IApplicationBuilder>? first = null)
        {
            IHost host = new HostBuilder()
                .ConfigureWebHostDefaults(web => web
                    .UseContentRoot(AppContext.BaseDirectory)
                    .UseUrls("http://127.0.0.1:0")
                    .UseShutdownTimeout(TimeSpan.FromMilliseconds(100))
                    .ConfigureServices(collection => services(collection.AddRouting().AddAuthorization()))
                    .Configure(app =>
                    {
                        first?.Invoke(app);
                        app.UseRouting().UseAuthentication().UseAuthorization().UseEndpoints(endpoints);
                    }))
                .ConfigureLogging(logging => logging.ClearProviders())
                .Build();
            try
            {
                host.Start();
                return host;
            }
            catch (Exception)
            {
                host.Dispose();
                throw;
            }
        }

        private static HttpClient Browser(IHost host) => Site.Browser(Address(host));

        private static Uri Address(IHost host) =>
            new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>().Addresses.First());

        private static void Login(LoginSchemeOptions options, string idServer, string path)
        {
            Site.Login(options, idServer);
            options.SignInScheme = "Kept";
            options.Path = path;
        }

        private static void Page(IEndpointRouteBuilder endpoints, string path, string? scheme) =>
            endpoints.MapGet(path, context => context.Response.WriteAsync(context.User.Identity.Name))
                .RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = scheme });

        private static async Task LogInAsync(HttpClient http, string path, string id)
        {
            await http.GetAsync(path);
            string page = await (await http.PostAsync(path + "/begin", SiteTests.Form(("secsignid", id)))).Content.ReadAsStringAsync();
            string token = Regex.Match(page, "name=\"token\" value=\"([^\"]+)\"").Groups[1].Value;
            StringAssert.Contains("\"approved\"", await (await http.PostAsync(path + "/state", SiteTests.Form(("token", token)))).Content.ReadAsStringAsync());
        }

        private static WebhookOptions Stripe()
        {
            var options = new WebhookOptions { Scheme = "stripe" };
            options.Keys.Add(new WebhookKey("a", Site.Secret));
            return options;
        }

        private static HttpRequestMessage Signed(string path)
        {
            byte[] body = Encoding.UTF8.GetBytes("{\"id\":\"evt_1\"}");
            using var signer = new WebhookSigner(Stripe());
            var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
            message.Headers.TryAddWithoutValidation("Stripe-Signature", signer.Sign(new WebhookRequest(), body, null).Headers.Single().Value);
            return message;
        }

        /// <summary>A request goes once.</summary>
        private static HttpRequestMessage Again(HttpRequestMessage message)
        {
            HttpRequestMessage again = Signed(message.RequestUri.OriginalString);
            again.Headers.Remove("Stripe-Signature");
            again.Headers.TryAddWithoutValidation("Stripe-Signature", message.Headers.GetValues("Stripe-Signature").Single());
            return again;
        }
    }
}
