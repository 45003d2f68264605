using System;
using System.Text;
using System.Threading.Tasks;
using Countermark;

namespace SecSignID
{
    /// <summary>The vendor's ASP.NET API with its names, on <see cref="LoginClient"/>: for sites that move here. New code takes
    /// <see cref="LoginClient"/>.</summary>
    public sealed class SecSignIDApi
    {
        private string? pluginName;

        /// <summary>Sets a name of the plugin, which is sent along.</summary>
        /// <param name="pluginName">The name.</param>
        public void SetPluginName(string pluginName) => this.pluginName = pluginName;

        /// <summary>Starts a login.</summary>
        /// <param name="secsignid">The SecSign ID that was typed.</param>
        /// <param name="serviceName">The name that the phone shows.</param>
        /// <param name="serviceAddress">The address that the phone shows: from configuration, never from the request.</param>
        /// <returns>The session, with the access pass.</returns>
        /// <exception cref="CountermarkException">What is wrong with the arguments; what the server or the network did.</exception>
        public AuthSession RequestAuthSession(string secsignid, string serviceName, string serviceAddress)
        {
            // Whatever of the configuration may fail does so before the phone rings.
            LoginClient client = Client(serviceName, serviceAddress);
            using SessionSealer sealer = Sealer(serviceName, serviceAddress);
            string binding = SecSignIDConfiguration.VisitorBinding();
            using Challenge challenge = Wait(() => client.BeginAsync(secsignid));
            string token = SealOrWithdraw(client, sealer, challenge.Session, binding);
            byte[]? png = challenge.AccessPassPng();
            return new AuthSession(
                challenge.Session.SecSignId,
                challenge.Session.AuthSessionId,
                new RequestId(serviceName, serviceAddress, token).ToString(),
                serviceName,
                serviceAddress,
                png == null ? null : Convert.ToBase64String(png));
        }

        /// <summary>How the login stands. ACCEPTED is given out once, and the session then names the ID that the server states.</summary>
        /// <param name="authSession">The session.</param>
        /// <returns>One of the constants of <see cref="AuthSession"/>.</returns>
        /// <exception cref="CountermarkException">UnknownHandle for a request id that was not made here; what the server or the network did.</exception>
        public int GetAuthSessionState(AuthSession authSession)
        {
            LoginResult result = With(authSession, (client, session) => Wait(() => client.CheckAsync(session)));
            if (result.SecSignId is string id)
            {
                authSession.Authenticated(id);
            }
            return State(result.Outcome);
        }

        /// <summary>Withdraws the login, so that the phone stops asking.</summary>
        /// <param name="authSession">The session.</param>
        /// <returns><see cref="AuthSession.CANCELED"/>.</returns>
        /// <exception cref="CountermarkException">As <see cref="GetAuthSessionState"/>.</exception>
        public int CancelAuthSession(AuthSession authSession) => With(authSession, (client, session) =>
        {
            Wait(() => client.CancelAsync(session));
            return AuthSession.CANCELED;
        });

        /// <summary>Gives an accepted session back. No login depends on it: the public server has dropped the call.</summary>
        /// <param name="authSession">The session.</param>
        /// <returns><see cref="AuthSession.INVALID"/>.</returns>
        /// <exception cref="CountermarkException">UnknownHandle for a request id that was not made here.</exception>
        public int ReleaseAuthSession(AuthSession authSession) => With(authSession, (client, session) =>
        {
            Wait(() => client.ReleaseAsync(session));
            return AuthSession.INVALID;
        });

        private static int State(LoginOutcome outcome) => outcome switch
        {
            LoginOutcome.Pending => AuthSession.PENDING,
            LoginOutcome.Fetched => AuthSession.FETCHED,
            LoginOutcome.Approved => AuthSession.ACCEPTED,
            LoginOutcome.Denied => AuthSession.DENIED,
            LoginOutcome.Expired => AuthSession.EXPIRED,
            LoginOutcome.Suspended => AuthSession.SUSPENDED,
            LoginOutcome.Canceled => AuthSession.CANCELED,
            // Invalid and Released, and what a newer library may know: no login.
            _ => AuthSession.INVALID,
        };

        private T With<T>(AuthSession authSession, Func<LoginClient, Countermark.AuthSession, T> call)
        {
            RequestId id = RequestId.Read((authSession ?? throw new ArgumentNullException(nameof(authSession))).GetRequestID());
            // Who says which service it is for means that one only.
            if (IsAnother(authSession.GetRequestingService(), id.ServiceName) || IsAnother(authSession.GetRequestingServiceAddress(), id.ServiceAddress))
            {
                throw CountermarkException.Of(ErrorCode.UnknownHandle);
            }
            using SessionSealer sealer = Sealer(id.ServiceName, id.ServiceAddress);
            using Countermark.AuthSession session = sealer.Open(id.Token, SecSignIDConfiguration.VisitorBinding());
            return call(Client(id.ServiceName, id.ServiceAddress), session);
        }

        /// <summary>A session that cannot be sealed is nobody's: the phone must not go on asking.</summary>
        private static string SealOrWithdraw(LoginClient client, SessionSealer sealer, Countermark.AuthSession session, string binding)
        {
            try
            {
                return sealer.Seal(session, binding);
            }
            catch (Exception)
            {
                try
                {
                    Wait(() => client.CancelAsync(session));
                }
                catch (CountermarkException)
                {
                    // It expires. The first failure is the one to tell.
                }
                throw;
            }
        }

        /// <summary>Off the request's context: what the store awaits there would wait for this very thread.</summary>
        private static T Wait<T>(Func<Task<T>> call) => Task.Run(call).GetAwaiter().GetResult();

        private static void Wait(Func<Task> call) => Task.Run(call).GetAwaiter().GetResult();

        private LoginClient Client(string serviceName, string serviceAddress) => new LoginClient(
            SecSignIDConfiguration.Http,
            new LoginOptions
            {
                Server = SecSignIDConfiguration.Server,
                Fallback = SecSignIDConfiguration.Fallback,
                ServiceName = serviceName,
                ServiceAddress = serviceAddress,
                PluginName = pluginName,
            },
            SecSignIDConfiguration.Store);

        private static bool IsAnother(string given, string sealedFor) => given.Length > 0 && given != sealedFor;

        private static SessionSealer Sealer(string serviceName, string serviceAddress) =>
            new SessionSealer(new[] { SecSignIDConfiguration.SealKey }, serviceName, serviceAddress);

        /// <summary>A page of the vendor's sample brings back no service, so the request id names it. The token opens for this service only, so
        /// another name that is put there opens nothing.</summary>
        private sealed class RequestId
        {
            internal RequestId(string serviceName, string serviceAddress, string token)
            {
                ServiceName = serviceName;
                ServiceAddress = serviceAddress;
                Token = token;
            }

            internal string ServiceName { get; }

            internal string ServiceAddress { get; }

            internal string Token { get; }

            public override string ToString() => Encode(ServiceName) + "." + Encode(ServiceAddress) + "." + Token;

            internal static RequestId Read(string text)
            {
                string[] parts = text.Split('.');
                if (parts.Length == 3)
                {
                    try
                    {
                        return new RequestId(Decode(parts[0]), Decode(parts[1]), parts[2]);
                    }
                    catch (FormatException)
                    {
                        // As any other text that was not made here.
                    }
                }
                throw CountermarkException.Of(ErrorCode.UnknownHandle);
            }

            private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

            private static string Decode(string text) => Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
    }
}
