using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Countermark.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Newtonsoft.Json.Linq;
using NUnit.Framework;

namespace Countermark.Tests
{
    /// <summary>The endpoints, asked the same as the helpers of every other language. The requests are signed here and now, since receivers go by
    /// the system's clock.</summary>
    [TestFixture]
    public class ReceiverTests
    {
        private const string Shell = "dotnet/aspnetcore";
        private static readonly JObject WebhookFile = Read("webhooks");
        private static readonly JObject LinkFile = Read("links");

        public static IEnumerable<TestCaseData> Webhooks => Cases(WebhookFile);

        public static IEnumerable<TestCaseData> Links => Cases(LinkFile);

        [TestCaseSource("Webhooks")]
        public async Task AWebhook(string name, JObject receiver, JObject asked, JArray exchanges, int? status)
        {
            var store = new RecordingStore();
            RawRequest request = Sent(receiver, asked);
            JToken now = exchanges[0];
            ReceiverSite Made() => new ReceiverSite(
                store,
                options => Configure(options, receiver),
                app => (asked["read_first"] == null ? app : app.Use(ReadFirst)).UseRouting().UseEndpoints(endpoints => endpoints.MapWebhook(
                    "/{**path}",
                    "hook",
                    context =>
                    {
                        VerifiedWebhook webhook = context.Webhook();
                        return HandleAsync(context, store, now, webhook.Body().Concat(webhook.UnsignedBody()).SequenceEqual(request.Body));
                    },
                    Keep(receiver),
                    (string?)receiver["handshake_secret"],
                    (string?)receiver["origin"])));
            if (receiver["origin"]?.Type == JTokenType.Null && Refusal(Made) is Exception refusal)
            {
                // What would be a fault of every request is one of the site here, and said before any comes.
                StringAssert.Contains("origin", refusal.Message);
                Assert.IsTrue(exchanges.All(exchange => (int?)exchange["answer"]!["fault"] == 500 && !exchange["calls"]!.Any()), refusal.Message);
                return;
            }
            using ReceiverSite site = Made();
            foreach (JToken exchange in exchanges)
            {
                now = exchange;
                RawReply? reply = await AskAsync(site, store, now, request.With((string?)now["framing"] ?? (string?)asked["framing"]));
                if (status != null)
                {
                    Assert.AreEqual(status, reply!.Status);
                    CollectionAssert.IsEmpty(store.Calls);
                    return;
                }
                await JudgeAsync(reply, now, store, request.Method, (string)WebhookFile["public_text"]!);
            }
        }

        [TestCaseSource("Links")]
        public async Task ALink(string name, JObject site, JObject asked, JArray exchanges, int? status)
        {
            var store = new RecordingStore();
            var fields = asked["fields"]!.Select(pair => new KeyValuePair<string, string>((string)pair[0]!, (string)pair[1]!)).ToList();
            var key = new SignedQueryKey((string)site["key_id"]!, (string)site["secret"]!);
            JToken now = exchanges[0];
            using var host = new ReceiverSite(
                store,
                options =>
                {
                    var query = new SignedQueryOptions { Audience = (string)site["audience"]! };
                    query.Keys.Add(key);
                    options.Queries["links"] = query;
                },
                app => app.UseSignedQuery("links").Run(context => HandleAsync(context, store, now, context.SignedQuery().Fields.SequenceEqual(fields))));
            string target = "/link?" + Link(key, site, asked, fields);
            foreach (JToken exchange in exchanges)
            {
                now = exchange;
                string method = (string?)now["method"] ?? "GET";
                var headers = new List<KeyValuePair<string, string>>();
                if ((string?)now["purpose"] is string purpose)
                {
                    headers.Add(new KeyValuePair<string, string>("Sec-Purpose", purpose));
                }
                RawReply? reply = await AskAsync(host, store, now, new RawRequest(method, target, headers, new byte[0]));
                await JudgeAsync(reply, now, store, method, (string)LinkFile["public_text"]!);
                if (now["answer"]!["fault"] == null)
                {
                    Assert.AreEqual(("no-referrer", "no-store"), (reply!.Header("Referrer-Policy"), reply.Header("Cache-Control")));
                }
            }
        }

        [Test]
        public async Task AWebhookOverHttp2()
        {
            AppContext.SetSwitch("System.Net.Http.SocketsHttpHandler.Http2UnencryptedSupport", true);
            const string target = "/hooks%2Fa/b%20c?d=%2F";
            var hook = new WebhookOptions { Scheme = "square" };
            hook.Keys.Add(new WebhookKey("1", Site.Secret));
            var taken = new List<byte[]>();
            using var site = new ReceiverSite(
                new RecordingStore(),
                options =>
                {
                    options.Webhooks["hook"] = hook;
                    options.MaxWebhookBytes = 4096;
                },
                app => app.UseRouting().UseEndpoints(endpoints => endpoints.MapWebhook(
                    "/{**path}",
                    "hook",
                    context =>
                    {
                        Assert.AreEqual("HTTP/2", context.Request.Protocol);
                        taken.Add(context.Webhook().Body());
                        return Task.CompletedTask;
                    },
                    TimeSpan.FromDays(1),
                    origin: "https://hooks.example")),
                HttpProtocols.Http2);
            using var http = new HttpClient();
            foreach ((int length, bool announced, int status) in new[] { (10, true, 200), (4095, false, 200), (4097, true, 413), (4098, false, 413) })
            {
                byte[] body = Encoding.ASCII.GetBytes(new string('x', length));
                using var signer = new WebhookSigner(hook);
                var content = announced ? new ByteArrayContent(body) : (HttpContent)new StreamedContent(body);
                var request = new HttpRequestMessage(HttpMethod.Post, "http://127.0.0.1:" + site.Port + target) { Version = new Version(2, 0), Content = content };
                foreach (KeyValuePair<string, string> header in signer.Sign(new WebhookRequest { Url = "https://hooks.example" + target }, body, null).Headers)
                {
                    request.Headers.TryAddWithoutValidation(header.Key, header.Value);
                }
                Assert.AreEqual(status, (int)(await http.SendAsync(request)).StatusCode, length.ToString());
            }
            CollectionAssert.AreEqual(new[] { 10, 4095 }, taken.Select(body => body.Length));
        }

        /// <summary>Of a length that nobody says before: in chunks, or in frames.</summary>
        private sealed class StreamedContent : HttpContent
        {
            private readonly byte[] body;

            internal StreamedContent(byte[] body) => this.body = body;

            protected override Task SerializeToStreamAsync(Stream stream, TransportContext context) => stream.WriteAsync(body, 0, body.Length);

            protected override bool TryComputeLength(out long length)
            {
                length = 0;
                return false;
            }
        }

        [Test]
        public async Task ABodyThatSomethingHasTakenIsAFaultOfTheSite()
        {
            var form = new[] { new KeyValuePair<string, string>("Content-Type", "application/x-www-form-urlencoded") }.ToList();
            var store = new RecordingStore();
            ErrorCode? fault = null;
            var receiver = new JObject { ["scheme"] = "github", ["secret"] = Site.Secret, ["max_body_bytes"] = 1000 };
            foreach ((Func<HttpContext, Task> read, string? framing) in new (Func<HttpContext, Task>, string?)[]
            {
                (context => context.Request.Body.CopyToAsync(Stream.Null), null),
                (context => context.Request.Body.ReadAsync(new byte[1], 0, 1), null),
                (context => context.Request.ReadFormAsync(), null),
                (context => context.Request.ReadFormAsync(), "chunked"),
            })
            {
                using var site = new ReceiverSite(
                    store,
                    options => Configure(options, receiver),
                    app => app.Use(async (context, next) =>
                    {
                        await read(context);
                        fault = null;
                        try
                        {
                            await next();
                        }
                        catch (CountermarkException thrown)
                        {
                            fault = thrown.Code;
                            throw;
                        }
                    }).UseRouting().UseEndpoints(endpoints => endpoints.MapWebhook("/hook", "hook", _ => Task.CompletedTask, TimeSpan.FromDays(1))));
                RawReply? reply = await new RawRequest("POST", "/hook", form, Encoding.ASCII.GetBytes("a=b")).With(framing).SendAsync(site.Port);
                Assert.AreEqual(500, reply!.Status);
                Assert.AreEqual(ErrorCode.BodyAlreadyRead, fault);
                CollectionAssert.IsEmpty(store.Calls);
            }
        }

        [Test]
        public void WhenAReceiverIsMade()
        {
            foreach (JObject one in WebhookFile["constructions"]!.Cast<JObject>().Where(one => Unable(one) == null))
            {
                var receiver = (JObject)one["receiver"]!;
                Exception? refusal = Refusal(() => new ReceiverSite(
                    new RecordingStore(),
                    options => Configure(options, receiver),
                    app => app.UseRouting().UseEndpoints(endpoints => endpoints.MapWebhook("/hook", "hook", _ => Task.CompletedTask, Keep(receiver)))));
                string message = ErrorTable.Rows.FirstOrDefault(row => row.Name == (string?)one["error"])?.Message ?? string.Empty;
                StringAssert.Contains(message, refusal?.Message ?? string.Empty, (string)one["comment"]!);
                Assert.AreEqual(one["error"] != null, refusal != null, (string)one["comment"]!);
            }
        }

        /// <summary>Why a site does not start; null for one that does.</summary>
        private static Exception? Refusal(Func<ReceiverSite> make)
        {
            try
            {
                make().Dispose();
                return null;
            }
            catch (Exception refusal)
            {
                return refusal;
            }
        }

        private static JObject Read(string name) => JObject.Parse(File.ReadAllText(Path.Combine(Places.Vectors, "receiver", name + ".json")));

        private static IEnumerable<TestCaseData> Cases(JObject file)
        {
            foreach (JToken group in file["testGroups"]!)
            {
                foreach (JObject test in group["tests"]!.Cast<JObject>())
                {
                    JObject? unable = Unable(test);
                    if (unable == null || unable["status"] != null)
                    {
                        string name = test["tcId"] + " " + test["comment"];
                        yield return new TestCaseData(
                            name, Over(group["receiver"], test["receiver"]), Over(group["request"], test["request"]), test["exchanges"], (int?)unable?["status"]).SetName(name);
                    }
                }
            }
        }

        private static JObject? Unable(JObject test) =>
            (JObject?)test["unable"]?.FirstOrDefault(one => one["shells"]!.Any(shell => (string?)shell == Shell));

        private static JObject Over(JToken? below, JToken? above)
        {
            var all = (JObject)below!.DeepClone();
            foreach (JProperty property in (above as JObject)?.Properties() ?? Enumerable.Empty<JProperty>())
            {
                all[property.Name] = property.Value;
            }
            return all;
        }

        private static void Configure(CountermarkOptions options, JObject receiver)
        {
            var hook = new WebhookOptions { Scheme = (string?)receiver["scheme"], Spec = Own(receiver["own"]), IgnoreTime = (bool?)receiver["check_time"] == false };
            hook.Keys.Add(new WebhookKey("1", (string)receiver["secret"]!));
            options.Webhooks["hook"] = hook;
            options.MaxWebhookBytes = (int)receiver["max_body_bytes"]!;
        }

        /// <summary>The scheme that the site describes itself, if it does.</summary>
        private static WebhookSchemeSpec? Own(JToken? own) => own == null ? null : new WebhookSchemeSpec
        {
            Id = (string?)own["id"],
            SignatureHeader = (string?)own["signature_header"],
            SignedParts = (string?)own["signed"],
            TimeHeader = (string?)own["time_header"],
            Digest = (string?)own["digest"],
        };

        private static TimeSpan? Keep(JObject receiver) => receiver["keep_s"] is JToken seconds ? TimeSpan.FromSeconds((double)seconds) : (TimeSpan?)null;

        /// <summary>What the handler does.</summary>
        private static Task HandleAsync(HttpContext context, RecordingStore store, JToken now, bool isWhatWasSent)
        {
            store.Calls.Add(isWhatWasSent ? "handle" : "handle something else");
            switch (now["handler"])
            {
                case null:
                    return Task.CompletedTask;
                case JToken what when what.Type == JTokenType.Integer:
                    context.Response.StatusCode = (int)what;
                    return context.Response.WriteAsync("own");
                case JToken what when (string?)what == "refuses":
                    throw CountermarkException.Of(ErrorCode.SignatureMismatch);
                default:
                    throw new InvalidOperationException("the database is away");
            }
        }

        /// <summary>As something does that looks at bodies before the endpoint.</summary>
        private static async Task ReadFirst(HttpContext context, Func<Task> next)
        {
            context.Request.EnableBuffering();
            await context.Request.Body.CopyToAsync(Stream.Null);
            await next();
        }

        private static Task<RawReply?> AskAsync(ReceiverSite site, RecordingStore store, JToken now, RawRequest request)
        {
            store.Calls.Clear();
            store.Fails = (JObject?)now["store"] ?? new JObject();
            return request.SendAsync(site.Port);
        }

        private static async Task JudgeAsync(RawReply? reply, JToken now, RecordingStore store, string method, string publicText)
        {
            List<string> calls = now["calls"]!.Select(call => (string)call!).ToList();
            // What becomes of a key may be seen after the answer.
            for (int waited = 0; store.Calls.Count < calls.Count && waited < 2000; waited++)
            {
                await Task.Delay(5);
            }
            CollectionAssert.AreEqual(calls, store.Calls, reply?.Status.ToString());
            JToken answer = now["answer"]!;
            if (answer.Type == JTokenType.Null)
            {
                return;
            }
            Assert.AreEqual((int?)(answer["status"] ?? answer["refused"] ?? answer["own"] ?? answer["fault"]), reply!.Status);
            if (answer["fault"] != null)
            {
                return;
            }
            if (answer["own"] != null)
            {
                Assert.AreEqual("own", reply.Body);
                return;
            }
            string type = answer["refused"] != null ? "text/plain; charset=utf-8" : (string?)answer["content_type"] ?? string.Empty;
            Assert.AreEqual((method == "HEAD" ? string.Empty : (string?)answer["body"] ?? publicText, type), (reply.Body, reply.Header("Content-Type")));
            Assert.AreEqual("nosniff", reply.Header("X-Content-Type-Options"));
        }

        /// <summary>What the sender sends.</summary>
        private static RawRequest Sent(JObject receiver, JObject asked)
        {
            byte[] body = asked["body_base64"] is JToken coded ? Convert.FromBase64String((string)coded!)
                : Encoding.UTF8.GetBytes(asked["body_length"] is JToken length ? new string('x', (int)length) : (string)asked["body"]!);
            var headers = Pairs(asked["headers"]).ToList();
            var target = (string)asked["target"]!;
            if (asked["sign"] is JObject sign)
            {
                string origin = (string?)sign["origin"] ?? (string?)receiver["origin"] ?? "https://hooks.example";
                var request = new WebhookRequest { Method = (string)asked["method"]!, Url = origin + ((string?)sign["target"] ?? target) };
                headers.ForEach(header => request.AddHeader(header.Key, header.Value));
                var options = new WebhookOptions { Scheme = (string)receiver["scheme"]! };
                options.Keys.Add(new WebhookKey("1", (string?)receiver["signing_secret"] ?? (string)receiver["secret"]!));
                using var signer = new WebhookSigner(options);
                byte[] toSign = sign["body"] is JToken other ? Encoding.UTF8.GetBytes((string)other!) : body;
                SignedWebhook signed = signer.Sign(request, toSign, (string?)sign["message_id"], NowMs((int?)sign["age_s"] ?? 0));
                headers.AddRange(signed.Headers);
                target = signed.Query == null ? target : target.Split('?')[0] + "?" + signed.Query;
                body = signed.Body() ?? body;
            }
            headers.AddRange(Pairs(asked["also"]));
            if ((bool?)asked["upper"] == true)
            {
                headers = headers.Select(header => new KeyValuePair<string, string>(header.Key.ToUpperInvariant(), header.Value)).ToList();
            }
            return new RawRequest((string)asked["method"]!, target, headers, body);
        }

        private static string Link(SignedQueryKey key, JObject site, JObject asked, List<KeyValuePair<string, string>> fields)
        {
            string query = string.Empty;
            if (fields.Count > 0)
            {
                string audience = (string?)asked["audience"] ?? (string)site["audience"]!;
                using var signer = new SignedQuerySigner(new SignedQuerySignerOptions(SignedQueryProfile.CountermarkV1, key) { Audience = audience });
                query = signer.Sign(fields, NowMs((int?)asked["age_s"] ?? 0), null);
            }
            query = (string?)asked["prepend"] + query + (string?)asked["append"];
            return query.Substring(0, query.Length - ((int?)asked["cut"] ?? 0));
        }

        private static IEnumerable<KeyValuePair<string, string>> Pairs(JToken? list) =>
            (list ?? new JArray()).Select(pair => new KeyValuePair<string, string>((string)pair[0]!, (string)pair[1]!));

        private static long NowMs(int ageSeconds) => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - (1000L * ageSeconds);

        /// <summary>Writes down what it is asked; it keeps keys like any other.</summary>
        internal sealed class RecordingStore : IReplayStore
        {
            private readonly MemoryReplayStore memory = new MemoryReplayStore();

            internal List<string> Calls { get; } = new List<string>();

            internal JObject Fails { get; set; } = new JObject();

            public Task<bool> ReserveAsync(string key, long untilMs, long nowMs, CancellationToken cancellationToken) =>
                Asked("reserve") ? ((IReplayStore)memory).ReserveAsync(key, untilMs, nowMs, cancellationToken) : Task.FromResult(false);

            public Task CommitAsync(string key, CancellationToken cancellationToken)
            {
                Asked("commit");
                return ((IReplayStore)memory).CommitAsync(key, cancellationToken);
            }

            public Task<bool> IsCommittedAsync(string key, CancellationToken cancellationToken) =>
                Asked("is_committed") ? ((IReplayStore)memory).IsCommittedAsync(key, cancellationToken) : Task.FromResult(false);

            public Task ReleaseAsync(string key, CancellationToken cancellationToken)
            {
                Asked("release");
                return ((IReplayStore)memory).ReleaseAsync(key, cancellationToken);
            }

            private bool Asked(string step)
            {
                Calls.Add(step);
                return (string?)Fails[step] == "throws" ? throw new InvalidOperationException("the store is away") : (string?)Fails[step] != "taken";
            }
        }
    }
}
