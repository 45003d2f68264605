using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Newtonsoft.Json.Linq;

namespace Countermark.Adapter
{
    /// <summary><c>login.*</c> without a network: a script answers, and the time is virtual.</summary>
    internal static class Logins
    {
        private static readonly Encoding Utf8 = new UTF8Encoding(false);

        internal static JObject Request(Fields fields)
        {
            using LoginService service = Service(fields);
            using LoginTask login = First(service, fields);
            if (login.Poll(0).Kind == LoginStepKind.Reserve)
            {
                login.OnStore(null, 0);
            }
            LoginRequest request = login.Poll(0).Request ?? throw new BadRequestException();
            return new JObject
            {
                ["method"] = request.Method,
                ["path"] = "/" + request.Url.Split(new[] { '/' }, 4)[3],
                ["content_type"] = request.Headers.Where(header => header.Key == "Content-Type").Select(header => header.Value).FirstOrDefault(),
                ["body"] = Utf8.GetString(request.Body()),
            };
        }

        internal static JObject Machine(Fields fields)
        {
            using LoginService service = Service(fields);
            long nowMs = fields.Number("now_ms");
            using LoginTask login = Task(service, fields, nowMs);
            var script = new Script(fields);
            script.Drive(login, nowMs);
            if (fields.FlagOrNull("transcript") != true)
            {
                return Result(login);
            }
            JObject ok;
            try
            {
                ok = Result(login);
            }
            catch (CountermarkException refusal)
            {
                ok = new JObject { ["error"] = refusal.Name };
            }
            ok["requests"] = script.Requests;
            ok["store"] = script.Store;
            ok["retries"] = login.Retries;
            ok["ended_ms"] = script.NowMs;
            return ok;
        }

        /// <summary>The service of a request. The requests that carry no name and address may leave them out.</summary>
        internal static LoginOptions Options(Fields fields)
        {
            string? missing = fields.TextOrNull("request") == "start" ? string.Empty : "x";
            return new LoginOptions
            {
                Server = fields.TextOrNull("server"),
                Fallback = fields.TextOrNull("fallback"),
                ServiceName = fields.TextOrNull("service_name") ?? fields.TextOrNull("servicename") ?? missing,
                ServiceAddress = fields.TextOrNull("service_address") ?? fields.TextOrNull("serviceaddress") ?? missing,
                PluginName = fields.TextOrNull("plugin_name") ?? fields.TextOrNull("pluginname"),
                ShowAccessPass = fields.FlagOrNull("show_access_pass") ?? fields.FlagOrNull("showaccesspass"),
                AllowPriorityCode = fields.FlagOrNull("allow_priority_code") ?? false,
                ApiMethod = fields.TextOrNull("api_method") ?? fields.TextOrNull("apimethod"),
                ConnectTimeoutMs = Milliseconds(fields, "connect_timeout_ms"),
                TotalTimeoutMs = Milliseconds(fields, "total_timeout_ms"),
            };
        }

        private static long? Milliseconds(Fields fields, string name)
        {
            long? value = fields.NumberOrNull(name);
            return value < 0 || value > uint.MaxValue ? throw new BadRequestException() : value;
        }

        private static LoginService Service(Fields fields) => new LoginService(Options(fields));

        private static LoginTask First(LoginService service, Fields fields)
        {
            LoginRequestKind kind = Replies.Kind(fields.Text("request"));
            if (kind == LoginRequestKind.Start)
            {
                return LoginTask.Begin(service, fields.Text("secsignid"), 0);
            }
            using AuthSession session = Session(service, fields);
            switch (kind)
            {
                case LoginRequestKind.State:
                    return LoginTask.Check(service, session, 0);
                case LoginRequestKind.Cancel:
                    return LoginTask.Cancel(service, session, 0);
                default:
                    return LoginTask.Release(service, session, 0);
            }
        }

        private static LoginTask Task(LoginService service, Fields fields, long nowMs)
        {
            string task = fields.Text("task");
            Fields? opened = fields.ObjectOrNull("session");
            if (opened == null)
            {
                return task == "begin" ? LoginTask.Begin(service, fields.Text("secsignid"), nowMs) : throw new BadRequestException();
            }
            using LoginService? other = opened.TextOrNull("service_name") == null ? null : Service(opened);
            using AuthSession session = Session(other ?? service, opened);
            return task switch
            {
                "check" => LoginTask.Check(service, session, nowMs),
                "wait" => LoginTask.Wait(service, session, fields.NumberOrNull("deadline_ms"), nowMs),
                "cancel" => LoginTask.Cancel(service, session, nowMs),
                "release" => LoginTask.Release(service, session, nowMs),
                _ => throw new BadRequestException(),
            };
        }

        /// <summary>A session exists only through a begin, so one is begun and answered here.</summary>
        private static AuthSession Session(LoginService service, Fields fields)
        {
            long createdMs = fields.NumberOrNull("created_ms") ?? 0;
            string id = fields.Text("secsignid");
            using LoginTask login = LoginTask.Begin(service, id, createdMs);
            login.OnStore(null, createdMs);
            if (fields.FlagOrNull("on_fallback") == true)
            {
                login.OnTransportError(TransportFailure.Unreachable, TransportPhase.NotSent, createdMs);
            }
            string reply = "authsessionid=" + fields.Text("authsessionid") + "&requestid=" + fields.Text("requestid")
                + "&authsessionstate=1&secsignid=" + SecSignIds.Normalize(id);
            login.OnResponse(200, Utf8.GetBytes(reply), createdMs);
            return login.GetChallenge().Session;
        }

        private static JObject Result(LoginTask login)
        {
            LoginResult result = login.GetResult();
            var ok = new JObject { ["outcome"] = Name(result.Outcome) };
            ok.AddUnlessNull("authenticated_id", result.SecSignId);
            Challenge challenge;
            try
            {
                challenge = login.GetChallenge();
            }
            catch (CountermarkException)
            {
                return ok;
            }
            using (challenge)
            {
                ok["secsignid"] = challenge.Session.SecSignId;
                ok["authsessionid"] = challenge.Session.AuthSessionId;
                ok["access_pass"] = challenge.AccessPassPng() != null;
            }
            return ok;
        }

        internal static string Name(LoginOutcome outcome) => outcome.ToString().ToLowerInvariant();

        /// <summary>Scripted answers: the first event answers the first request, and so on.</summary>
        private sealed class Script
        {
            private readonly List<Fields> events;
            private readonly IReadOnlyList<JToken> refusals;
            private readonly bool repeat;
            private long? abortMs;
            private int next;

            internal Script(Fields fields)
            {
                events = fields.Objects("events").ToList();
                refusals = fields.List("store").ToList();
                repeat = fields.FlagOrNull("repeat") == true;
                abortMs = fields.NumberOrNull("abort_ms");
            }

            internal JArray Requests { get; } = new JArray();

            internal JArray Store { get; } = new JArray();

            internal long NowMs { get; private set; }

            internal void Drive(LoginTask login, long nowMs)
            {
                NowMs = nowMs;
                while (true)
                {
                    LoginStep step = login.Poll(NowMs);
                    if (step.Kind == LoginStepKind.Done)
                    {
                        return;
                    }
                    if (step.Key is string key)
                    {
                        Stored(login, step, key);
                        continue;
                    }
                    Fields? answer = step.Request == null ? null : Next(step.Request);
                    long dueMs = answer == null ? step.UntilMs : NowMs + (answer.NumberOrNull("after_ms") ?? 0);
                    if (abortMs <= dueMs)
                    {
                        NowMs = abortMs.Value;
                        abortMs = null;
                        login.Abort(NowMs);
                        continue;
                    }
                    NowMs = dueMs;
                    if (answer != null)
                    {
                        Feed(login, answer);
                    }
                }
            }

            private void Stored(LoginTask login, LoginStep step, string key)
            {
                JToken? name = Store.Count < refusals.Count ? refusals[Store.Count] : null;
                var call = new JObject { ["at_ms"] = NowMs, [step.Kind == LoginStepKind.Reserve ? "reserve" : "release"] = key };
                if (step.Kind == LoginStepKind.Reserve)
                {
                    call["until_ms"] = step.UntilMs;
                }
                Store.Add(call);
                login.OnStore(Refusal(name), NowMs);
            }

            private static ErrorCode? Refusal(JToken? name) => name?.Type switch
            {
                null => (ErrorCode?)null,
                JTokenType.Null => null,
                JTokenType.String when (string?)name == "REPLAYED" => ErrorCode.Replayed,
                JTokenType.String when (string?)name == "STORE_UNAVAILABLE" => ErrorCode.StoreUnavailable,
                _ => throw new BadRequestException(),
            };

            private Fields Next(LoginRequest request)
            {
                Requests.Add(new JObject { ["at_ms"] = NowMs, ["url"] = request.Url, ["body"] = Utf8.GetString(request.Body()) });
                int index = next++;
                return index < events.Count ? events[index]
                    : repeat && events.Count > 0 ? events[events.Count - 1]
                    : throw new BadRequestException();
            }

            private void Feed(LoginTask login, Fields answer)
            {
                if (answer.TextOrNull("failure") is string failure)
                {
                    login.OnTransportError(Failure(failure), Phase(answer.Text("phase")), NowMs);
                    return;
                }
                long status = answer.NumberOrNull("status") ?? 200;
                byte[] body = answer.TextOrNull("body") is string text ? Utf8.GetBytes(text) : answer.Bytes("body_base64");
                login.OnResponse(status >= 0 && status <= uint.MaxValue ? status : throw new BadRequestException(), body, NowMs);
            }

            private static TransportPhase Phase(string name) => name switch
            {
                "not_sent" => TransportPhase.NotSent,
                "maybe_sent" => TransportPhase.MaybeSent,
                _ => throw new BadRequestException(),
            };
        }

        internal static TransportFailure Failure(string name) => name switch
        {
            "timeout" => TransportFailure.Timeout,
            "unreachable" => TransportFailure.Unreachable,
            "tls" => TransportFailure.Tls,
            _ => throw new BadRequestException(),
        };
    }
}
