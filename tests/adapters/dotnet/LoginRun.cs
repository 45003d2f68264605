using System;
using System.Net.Http;
using Newtonsoft.Json.Linq;

namespace Countermark.Adapter
{
    /// <summary><c>login.run</c>: the login client against a real server.</summary>
    internal static class LoginRun
    {
        internal static JObject Run(Fields fields)
        {
            // Without a server, the client would turn to the public one.
            fields.Text("server");
            using var trust = new Trust(fields.TextOrNull("ca_pem"));
            using var http = new HttpClient(trust.Handler);
            var run = new Steps(new LoginClient(http, Logins.Options(fields)), fields);
            var trace = new JArray();
            foreach (string step in fields.Texts("steps"))
            {
                try
                {
                    trace.Add(new JObject { ["step"] = step, ["outcome"] = run.Step(step) });
                }
                catch (CountermarkException refusal)
                {
                    trace.Add(new JObject { ["step"] = step, ["error"] = refusal.Name });
                }
            }
            var ok = new JObject { ["trace"] = trace };
            ok.AddUnlessNull("authenticated_id", run.AuthenticatedId);
            return ok;
        }

        private sealed class Steps
        {
            private readonly LoginClient client;
            private readonly string secSignId;
            private readonly long? deadlineMs;
            private AuthSession? session;

            internal Steps(LoginClient client, Fields fields)
            {
                this.client = client;
                secSignId = fields.Text("secsignid");
                deadlineMs = fields.NumberOrNull("deadline_ms");
            }

            internal string? AuthenticatedId { get; private set; }

            internal string Step(string step)
            {
                if (step == "start")
                {
                    session = client.BeginAsync(secSignId).GetAwaiter().GetResult().Session;
                    return "pending";
                }
                if (session == null)
                {
                    // What a task gives that has not come to its end.
                    return WrongState();
                }
                switch (step)
                {
                    case "check":
                        return Note(client.CheckAsync(session).GetAwaiter().GetResult());
                    case "wait":
                        TimeSpan? timeout = deadlineMs == null ? (TimeSpan?)null : TimeSpan.FromMilliseconds(deadlineMs.Value);
                        return Note(client.WaitAsync(session, timeout).GetAwaiter().GetResult());
                    case "cancel":
                        client.CancelAsync(session).GetAwaiter().GetResult();
                        return "canceled";
                    case "release":
                        client.ReleaseAsync(session).GetAwaiter().GetResult();
                        return "released";
                    default:
                        throw new BadRequestException();
                }
            }

            private string Note(LoginResult result)
            {
                AuthenticatedId = result.SecSignId ?? AuthenticatedId;
                return Logins.Name(result.Outcome);
            }

            private string WrongState()
            {
                using var service = new LoginService(new LoginOptions { ServiceName = "x", ServiceAddress = "x" });
                using LoginTask login = LoginTask.Begin(service, secSignId, 0);
                return Logins.Name(login.GetResult().Outcome);
            }
        }
    }
}
