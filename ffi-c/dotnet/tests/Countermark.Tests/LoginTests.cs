using System;
using System.Diagnostics;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using NUnit.Framework;

namespace Countermark.Tests
{
    [TestFixture]
    public class LoginTests
    {
        [Test]
        public async Task AnApprovalIsGivenOutOnce()
        {
            using var emulator = new Emulator("--id", "alice", "--approve-after", "1");
            LoginClient client = Client(emulator.Server);
            using Challenge challenge = await client.BeginAsync(" ALICE ");
            CollectionAssert.AreEqual(new byte[] { 0x89, 0x50, 0x4E, 0x47 }, challenge.AccessPassPng()!.Take(4));
            StringAssert.StartsWith("data:image/png;base64,", challenge.AccessPassDataUri);
            Assert.AreEqual(LoginOutcome.Pending, (await client.CheckAsync(challenge.Session)).Outcome);
            LoginResult result = await client.WaitAsync(challenge.Session, TimeSpan.FromSeconds(30));
            Assert.AreEqual(LoginOutcome.Approved, result.Outcome);
            Assert.AreEqual("alice", result.SecSignId);
            Assert.AreEqual(ErrorCode.AlreadyConsumed, await CodeAsync(() => client.CheckAsync(challenge.Session)));
            await client.ReleaseAsync(challenge.Session);
        }

        [Test]
        public async Task ASealedSessionOpensForItsVisitorOnly()
        {
            using var emulator = new Emulator("--id", "alice");
            LoginClient client = Client(emulator.Server);
            using Challenge challenge = await client.BeginAsync("alice");
            using var sealer = new SessionSealer(new[] { SealKey.CreateRandom() }, "Example", "https://example.com");
            string token = sealer.Seal(challenge.Session, "cookie-1");
            using AuthSession opened = sealer.Open(token, "cookie-1");
            Assert.AreEqual(challenge.Session.AuthSessionId, opened.AuthSessionId);
            Assert.AreEqual(ErrorCode.UnknownHandle, Code(() => sealer.Open(token, "cookie-2")));
            Assert.AreEqual(ErrorCode.UnknownHandle, Code(() => sealer.Open(token.Substring(1), "cookie-1")));
            await client.CancelAsync(opened);
        }

        [Test]
        public async Task ASecondStartIsBusyUntilTheFirstIsCanceled()
        {
            using var emulator = new Emulator("--id", "alice");
            LoginClient client = Client(emulator.Server);
            Challenge first = await client.BeginAsync("alice");
            Assert.AreEqual(ErrorCode.Busy, await CodeAsync(() => client.BeginAsync("alice")));
            await client.CancelAsync(first.Session);
            (await client.BeginAsync("alice")).Dispose();
        }

        [Test]
        public async Task ACanceledWaitWithdrawsTheSession()
        {
            using var emulator = new Emulator("--id", "alice");
            LoginClient client = Client(emulator.Server);
            using Challenge challenge = await client.BeginAsync("alice");
            using var stop = new CancellationTokenSource(300);
            await ThrowsAsync<OperationCanceledException>(() => client.WaitAsync(challenge.Session, Timeout.InfiniteTimeSpan, stop.Token));
            string transcript = await emulator.ControlAsync("GET", "/transcript");
            Assert.AreEqual("cancel", (string)JArray.Parse(transcript).Last()["request"]!);
        }

        [Test]
        public async Task ACanceledTokenStopsASilentServer()
        {
            using var emulator = new Emulator("--id", "alice", "--fault", "state:reply-stalled");
            LoginClient client = Client(emulator.Server);
            using Challenge challenge = await client.BeginAsync("alice");
            using var stop = new CancellationTokenSource(300);
            Stopwatch watch = Stopwatch.StartNew();
            await ThrowsAsync<OperationCanceledException>(() => client.CheckAsync(challenge.Session, stop.Token));
            Assert.Less(watch.ElapsedMilliseconds, 5000, "the call waited for the server's time-out");
        }

        [Test]
        public async Task ACanceledBeginLeavesNoPhoneRinging()
        {
            using var emulator = new Emulator("--id", "alice", "--fault", "start:reply-stalled=600,times=1");
            using var stop = new CancellationTokenSource();
            LoginClient client = Client(emulator.Server, handler: new StoppingLine(stop));
            await ThrowsAsync<OperationCanceledException>(() => client.BeginAsync("alice", stop.Token));
            CollectionAssert.AreEqual(new[] { "start", "cancel" }, (await emulator.SentAsync()).Select(kind => (string)kind!));
            (await client.BeginAsync("alice")).Dispose();
        }

        /// <summary>To the ID server. Cancels the call whose request is on its way.</summary>
        private sealed class StoppingLine : DelegatingHandler
        {
            private readonly CancellationTokenSource stop;

            internal StoppingLine(CancellationTokenSource stop)
                : base(LoginClient.CreateHandler()) => this.stop = stop;

            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                Task<HttpResponseMessage> sent = base.SendAsync(request, cancellationToken);
                stop.Cancel();
                return sent;
            }
        }

        [Test]
        public async Task ABeginThatIsCanceledBeforeItIsSentSendsNothingAndLeavesTheIdFree()
        {
            using var emulator = new Emulator("--id", "alice");
            foreach (int before in new[] { 0, 1 })
            {
                using var stop = new CancellationTokenSource();
                // Before the ID is taken, and while it is.
                var store = new StoppingStore { Stop = before == 0 ? null : stop };
                LoginClient client = Client(emulator.Server, store: store);
                if (before == 0)
                {
                    stop.Cancel();
                }
                await ThrowsAsync<OperationCanceledException>(() => client.BeginAsync("alice", stop.Token));
                CollectionAssert.IsEmpty(await emulator.SentAsync());
                Assert.AreEqual(0, store.Memory.Count);
            }
        }

        [Test]
        public async Task ASilentServerHoldsACanceledBeginForItsTimeAtMost()
        {
            using var emulator = new Emulator("--id", "alice", "--fault", "start:reply-stalled");
            using var stop = new CancellationTokenSource(200);
            Stopwatch watch = Stopwatch.StartNew();
            await ThrowsAsync<OperationCanceledException>(() => Client(emulator.Server, 1000).BeginAsync("alice", stop.Token));
            Assert.Less(watch.ElapsedMilliseconds, 5000);
        }

        [Test]
        public async Task AnApprovalOutlivesTheCallThatIsStoppedWhileItIsTaken()
        {
            using var emulator = new Emulator("--id", "alice");
            using var stop = new CancellationTokenSource();
            var store = new StoppingStore { Obeys = true };
            LoginClient client = Client(emulator.Server, store: store);
            using Challenge challenge = await client.BeginAsync("alice");
            JToken session = JArray.Parse(await emulator.ControlAsync("GET", "/sessions"))[0];
            await emulator.ControlAsync("POST", "/sessions/" + session["authsessionid"], new JObject { ["action"] = "approve" });
            store.Stop = stop;
            Assert.AreEqual(LoginOutcome.Approved, (await client.CheckAsync(challenge.Session, stop.Token)).Outcome);
        }

        [Test]
        public async Task WhatAHandlerOfItsOwnThrowsIsAFaultOfTheNetwork()
        {
            using var emulator = new Emulator("--id", "alice");
            var broken = new BrokenHandler();
            var client = new LoginClient(new HttpClient(broken), new LoginOptions { Server = emulator.Server, ServiceName = "Example", ServiceAddress = "https://example.com" });
            Assert.AreEqual(ErrorCode.Network, await CodeAsync(() => client.BeginAsync("alice")));
            using var stop = new CancellationTokenSource();
            broken.Stop = stop;
            await ThrowsAsync<OperationCanceledException>(() => client.BeginAsync("bob", stop.Token));
        }

        /// <summary>An open circuit.</summary>
        private sealed class BrokenHandler : HttpMessageHandler
        {
            internal CancellationTokenSource? Stop { get; set; }

            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                Stop?.Cancel();
                throw new InvalidOperationException("The circuit is now open");
            }
        }

        [Test]
        public async Task AStoreThatIsStoppedMayThrowWhatItLikes()
        {
            foreach (Exception thrown in new Exception[] { new InvalidOperationException("Operation cancelled by user."), CountermarkException.Of(ErrorCode.StoreUnavailable) })
            {
                using var emulator = new Emulator("--id", "alice");
                using var stop = new CancellationTokenSource();
                var store = new StoppingStore();
                LoginClient client = Client(emulator.Server, store: store);
                using Challenge challenge = await client.BeginAsync("alice");
                JToken session = JArray.Parse(await emulator.ControlAsync("GET", "/sessions"))[0];
                await emulator.ControlAsync("POST", "/sessions/" + session["authsessionid"], new JObject { ["action"] = "deny" });
                (store.Stop, store.Throws) = (stop, thrown);
                await ThrowsAsync<OperationCanceledException>(() => client.WaitAsync(challenge.Session, null, stop.Token));
                // The end of the login was used all the same, and the ID is free.
                Assert.AreEqual(1, store.Memory.Count);
            }
        }

        /// <summary>Cancels the call that asks it.</summary>
        private sealed class StoppingStore : IReplayStore
        {
            internal CancellationTokenSource? Stop { get; set; }

            internal MemoryReplayStore Memory { get; } = new MemoryReplayStore();

            /// <summary>Once, after it has canceled the call.</summary>
            internal Exception? Throws { get; set; }

            /// <summary>It stops where its token asks, with the key taken.</summary>
            internal bool Obeys { get; set; }

            public async Task<bool> ReserveAsync(string key, long untilMs, long nowMs, CancellationToken cancellationToken)
            {
                Stop?.Cancel();
                if (Throws is Exception thrown)
                {
                    Throws = null;
                    throw thrown;
                }
                bool reserved = await Memory.ReserveAsync(key, untilMs, nowMs, CancellationToken.None);
                if (Obeys)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
                return reserved;
            }

            public Task CommitAsync(string key, CancellationToken cancellationToken) => Memory.CommitAsync(key, CancellationToken.None);

            public Task<bool> IsCommittedAsync(string key, CancellationToken cancellationToken) => Memory.IsCommittedAsync(key, CancellationToken.None);

            public Task ReleaseAsync(string key, CancellationToken cancellationToken) => Memory.ReleaseAsync(key, CancellationToken.None);
        }

        [Test]
        public async Task AStoreThatGivesUpIsOutOfReach()
        {
            using var emulator = new Emulator("--id", "alice");
            var client = new LoginClient(
                new HttpClient(LoginClient.CreateHandler()),
                new LoginOptions { Server = emulator.Server, ServiceName = "Example", ServiceAddress = "https://example.com" },
                new TiredStore());
            // Nobody canceled the login, so it is not canceled.
            Assert.AreEqual(ErrorCode.StoreUnavailable, await CodeAsync(() => client.BeginAsync("alice")));
        }

        private sealed class TiredStore : IReplayStore
        {
            public Task<bool> ReserveAsync(string key, long untilMs, long nowMs, CancellationToken cancellationToken) => throw new TaskCanceledException();

            public Task CommitAsync(string key, CancellationToken cancellationToken) => throw new TaskCanceledException();

            public Task<bool> IsCommittedAsync(string key, CancellationToken cancellationToken) => throw new TaskCanceledException();

            public Task ReleaseAsync(string key, CancellationToken cancellationToken) => throw new TaskCanceledException();
        }

        [Test]
        public async Task FaultsOfTheNetworkAreTold()
        {
            using var cut = new Emulator("--id", "alice", "--fault", "start:drop-after");
            Assert.AreEqual(ErrorCode.Network, await CodeAsync(() => Client(cut.Server).BeginAsync("alice")));
            using var silent = new Emulator("--id", "alice", "--fault", "start:reply-stalled");
            Assert.AreEqual(ErrorCode.Timeout, await CodeAsync(() => Client(silent.Server, 500).BeginAsync("alice")));
            string gone = cut.Server;
            cut.Dispose();
            Assert.AreEqual(ErrorCode.Network, await CodeAsync(() => Client(gone).BeginAsync("alice")));
            using var untrusted = new Emulator("--id", "alice", "--tls", "localhost");
            Assert.AreEqual(ErrorCode.Tls, await CodeAsync(() => Client(untrusted.Server).BeginAsync("alice")));
        }

        [Test]
        public async Task NoTextShowsTheHandle()
        {
            using var emulator = new Emulator("--id", "alice", "--fault", "state:html-502");
            LoginClient client = Client(emulator.Server);
            using Challenge challenge = await client.BeginAsync("alice");
            JToken session = JArray.Parse(await emulator.ControlAsync("GET", "/sessions"))[0];
            var failure = await ThrowsAsync<ServerException>(() => client.CheckAsync(challenge.Session));
            foreach (object shown in new object[] { failure, client, challenge, challenge.Session })
            {
                StringAssert.DoesNotContain((string)session["requestid"]!, shown.ToString());
            }
            StringAssert.DoesNotContain(new Uri(emulator.Server).Authority, failure.ToString());
        }

        [Test]
        public async Task VisualBasicLogsIn()
        {
            using var emulator = new Emulator("--id", "alice", "--approve-after", "0");
            Assert.AreEqual("alice", await VisualBasicSample.Checks.LogInAsync(Client(emulator.Server), "alice"));
            SecSignID.SecSignIDConfiguration.Server = emulator.Server;
            Assert.AreEqual("alice", VisualBasicSample.Checks.RequestAuthSession("alice").GetSecSignID());
        }

        private static LoginClient Client(string server, int? timeoutMs = null, IReplayStore? store = null, HttpMessageHandler? handler = null) => new LoginClient(
            new HttpClient(handler ?? LoginClient.CreateHandler()),
            new LoginOptions { Server = server, ServiceName = "Example", ServiceAddress = "https://example.com", TotalTimeoutMs = timeoutMs },
            store ?? new MemoryReplayStore());

        private static ErrorCode Code(TestDelegate call) => Assert.Throws<VerificationException>(call).Code;

        private static async Task<ErrorCode> CodeAsync(Func<Task> call) => (await ThrowsAsync<CountermarkException>(call)).Code;

        private static async Task<T> ThrowsAsync<T>(Func<Task> call)
            where T : Exception
        {
            try
            {
                await call();
            }
            catch (T expected)
            {
                return expected;
            }
            throw new AssertionException("no " + typeof(T).Name);
        }
    }
}
