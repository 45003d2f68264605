using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using NUnit.Framework;
using SecSignID;

namespace Countermark.Tests
{
    /// <summary>The flow of the vendor's ASP.NET document, under its names, against the emulator.</summary>
    [TestFixture]
    public class MigrationTests
    {
        [Test]
        public async Task TheSampleLogsIn()
        {
            using var emulator = new Emulator("--id", "leonie");
            SecSignIDConfiguration.Server = emulator.Server;
            var api = new SecSignIDApi();
            SecSignID.AuthSession begun = api.RequestAuthSession("Leonie", "ASP.NET example", "https://example.com");
            Assert.AreEqual("leonie", begun.GetSecSignID());
            Assert.AreEqual("ASP.NET example", begun.GetRequestingService());
            Assert.AreEqual("https://example.com", begun.GetRequestingServiceAddress());
            StringAssert.StartsWith("iVBOR", begun.GetIconData());
            Assert.AreEqual(SecSignID.AuthSession.PENDING, api.GetAuthSessionState(begun));

            await emulator.ControlAsync("POST", "/sessions/" + begun.GetAuthSessionID(), new JObject { ["action"] = "approve" });
            // As the sample's page makes it from its hidden fields, which a visitor has edited.
            var back = new SecSignID.AuthSession("mallory", "1", begun.GetRequestID(), null, null, null);
            Assert.AreEqual(SecSignID.AuthSession.ACCEPTED, new SecSignIDApi().GetAuthSessionState(back));
            Assert.AreEqual("leonie", back.GetSecSignID());
            // An approval is used once.
            var again = Assert.Throws<ReplayException>(() => api.GetAuthSessionState(back));
            Assert.AreEqual(ErrorCode.AlreadyConsumed, again.Code);
        }

        [Test]
        public async Task EveryStateHasTheVendorsNumber()
        {
            using var emulator = new Emulator();
            SecSignIDConfiguration.Server = emulator.Server;
            var api = new SecSignIDApi();
            // States of the wire, whose numbers the vendor's API gave out. No state is not valid.
            foreach (LoginState state in LoginState.List())
            {
                SecSignID.AuthSession begun = api.RequestAuthSession("user-" + state.Number, "Example", "https://example.com");
                await emulator.ControlAsync("POST", "/sessions/" + begun.GetAuthSessionID(), new JObject { ["action"] = state.Number.ToString() });
                int expected = state.Number == SecSignID.AuthSession.NOSTATE ? SecSignID.AuthSession.INVALID : state.Number;
                Assert.AreEqual(expected, api.GetAuthSessionState(begun), state.Name);
            }
            Assert.AreEqual(9, LoginState.List().Count);
        }

        [Test]
        public void ARequestIdThatWasNotMadeHereOpensNothing()
        {
            using var emulator = new Emulator("--id", "leonie");
            SecSignIDConfiguration.Server = emulator.Server;
            var api = new SecSignIDApi();
            SecSignID.AuthSession begun = api.RequestAuthSession("leonie", "Example", "https://example.com");
            string[] parts = begun.GetRequestID().Split('.');
            string other = System.Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("Another"));
            foreach (string forged in new[] { "1F3870BE274F6C49B3E31A0C6728957F", other + "." + parts[1] + "." + parts[2], "*.*.*", parts[2] })
            {
                var session = new SecSignID.AuthSession("leonie", begun.GetAuthSessionID(), forged, null, null, null);
                Assert.AreEqual(ErrorCode.UnknownHandle, Assert.Throws<VerificationException>(() => api.GetAuthSessionState(session)).Code);
                Assert.AreEqual(ErrorCode.UnknownHandle, Assert.Throws<VerificationException>(() => api.CancelAuthSession(session)).Code);
            }
            Assert.AreEqual(SecSignID.AuthSession.CANCELED, api.CancelAuthSession(begun));
            StringAssert.DoesNotContain(begun.GetRequestID(), begun.ToString());
        }

        [Test]
        public async Task AConfigurationThatCannotBeUsedRingsNoPhone()
        {
            using var emulator = new Emulator("--id", "leonie");
            SecSignIDConfiguration.Server = emulator.Server;
            (SealKey key, Func<string> binding) = (SecSignIDConfiguration.SealKey, SecSignIDConfiguration.VisitorBinding);
            void Begin() => new SecSignIDApi().RequestAuthSession("leonie", "Example", "https://example.com");
            try
            {
                SecSignIDConfiguration.SealKey = new SealKey("configured", new byte[16]);
                Assert.Throws<CountermarkException>(Begin);
                SecSignIDConfiguration.SealKey = key;
                SecSignIDConfiguration.VisitorBinding = () => throw new InvalidOperationException("no cookie yet");
                Assert.Throws<InvalidOperationException>(Begin);
                CollectionAssert.IsEmpty(await emulator.SentAsync());
                // What sealing itself finds is too late for that: the login is withdrawn.
                SecSignIDConfiguration.VisitorBinding = binding;
                SecSignIDConfiguration.SealKey = new SealKey("old", Enumerable.Range(1, 32).Select(at => (byte)at).ToArray()) { NotAfterMs = 1000 };
                Assert.Throws<CountermarkException>(Begin);
                CollectionAssert.AreEqual(new[] { "start", "cancel" }, (await emulator.SentAsync()).Select(kind => (string)kind!));
            }
            finally
            {
                (SecSignIDConfiguration.SealKey, SecSignIDConfiguration.VisitorBinding) = (key, binding);
            }
        }

        [Test]
        public void AKeyOfTheEnvironmentThatIsNoneIsToldEachTime()
        {
            SealKey before = SecSignIDConfiguration.SealKey;
            Environment.SetEnvironmentVariable("SECSIGNID_KEY", "not base64!");
            try
            {
                SecSignIDConfiguration.SealKey = null!;
                for (int times = 0; times < 2; times++)
                {
                    var refusal = Assert.Throws<CountermarkException>(() => GC.KeepAlive(SecSignIDConfiguration.SealKey));
                    Assert.AreEqual((ErrorCode.InvalidSecret, "SECSIGNID_KEY"), (refusal.Code, refusal.Detail));
                }
            }
            finally
            {
                Environment.SetEnvironmentVariable("SECSIGNID_KEY", null);
                SecSignIDConfiguration.SealKey = before;
            }
        }

        [Test]
        public void ARequestIdIsForItsServiceOnly()
        {
            using var emulator = new Emulator("--id", "leonie");
            SecSignIDConfiguration.Server = emulator.Server;
            var api = new SecSignIDApi();
            SecSignID.AuthSession begun = api.RequestAuthSession("leonie", "Newsletter", "https://news.example");
            foreach ((string? name, string? address) in new[] { ("Admin", null), (null, "https://admin.example"), ("Admin", "https://news.example") })
            {
                var other = new SecSignID.AuthSession("leonie", begun.GetAuthSessionID(), begun.GetRequestID(), name, address, null);
                Assert.AreEqual(ErrorCode.UnknownHandle, Assert.Throws<VerificationException>(() => api.GetAuthSessionState(other)).Code);
                Assert.AreEqual(ErrorCode.UnknownHandle, Assert.Throws<VerificationException>(() => api.CancelAuthSession(other)).Code);
            }
            Assert.AreEqual(SecSignID.AuthSession.CANCELED, api.CancelAuthSession(begun));
        }

        [Test]
        public void AStoreThatAwaitsLocksNoPageUp()
        {
            using var emulator = new Emulator("--id", "leonie", "--approve-after", "1");
            IReplayStore before = SecSignIDConfiguration.Store;
            SecSignIDConfiguration.Server = emulator.Server;
            SecSignIDConfiguration.Store = new AwaitingStore();
            int state = 0;
            var page = new Thread(() =>
            {
                SynchronizationContext.SetSynchronizationContext(new RequestContext());
                var api = new SecSignIDApi();
                SecSignID.AuthSession begun = api.RequestAuthSession("leonie", "Example", "https://example.com");
                api.GetAuthSessionState(begun);
                state = api.GetAuthSessionState(begun);
                api.ReleaseAuthSession(begun);
                api.CancelAuthSession(api.RequestAuthSession("leonie", "Example", "https://example.com"));
            })
            {
                IsBackground = true,
            };
            page.Start();
            try
            {
                Assert.IsTrue(page.Join(20_000));
                Assert.AreEqual(SecSignID.AuthSession.ACCEPTED, state);
            }
            finally
            {
                SecSignIDConfiguration.Store = before;
            }
        }

        /// <summary>As that of ASP.NET: what follows an await runs on the thread of the request, which has to come back first.</summary>
        private sealed class RequestContext : SynchronizationContext
        {
            public override void Post(SendOrPostCallback callback, object? state)
            {
            }
        }

        /// <summary>As a site would write one.</summary>
        private sealed class AwaitingStore : IReplayStore
        {
            private readonly MemoryReplayStore memory = new MemoryReplayStore();

            public async Task<bool> ReserveAsync(string key, long untilMs, long nowMs, CancellationToken cancellationToken)
            {
                await Task.Delay(20);
                return await memory.ReserveAsync(key, untilMs, nowMs, cancellationToken);
            }

            public async Task CommitAsync(string key, CancellationToken cancellationToken)
            {
                await Task.Delay(20);
                await memory.CommitAsync(key, cancellationToken);
            }

            public async Task<bool> IsCommittedAsync(string key, CancellationToken cancellationToken)
            {
                await Task.Delay(20);
                return await memory.IsCommittedAsync(key, cancellationToken);
            }

            public async Task ReleaseAsync(string key, CancellationToken cancellationToken)
            {
                await Task.Delay(20);
                await memory.ReleaseAsync(key, cancellationToken);
            }
        }

        [Test]
        public void ServerErrorsKeepTheirNumbers()
        {
            using var emulator = new Emulator("--id", "leonie");
            SecSignIDConfiguration.Server = emulator.Server;
            var refusal = Assert.Throws<ServerException>(() => new SecSignIDApi().RequestAuthSession("nobody", "Example", "https://example.com"));
            Assert.AreEqual(ErrorCode.UnknownId, refusal.Code);
            Assert.AreEqual("20000", refusal.ServerCode);
        }
    }
}
