using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text;
using Newtonsoft.Json.Linq;

namespace Countermark.Adapter
{
    /// <summary><c>securesign.*</c>: the reply is scripted, or that of a server.</summary>
    internal static class SecureSign
    {
        private static readonly HttpClient Http = new HttpClient(LoginClient.CreateHandler());

        internal static JObject Validate(Fields fields)
        {
            using SecureSignClient client = Client(fields);
            string origin = fields.Text("origin");
            string platform = fields.Text("platform");
            if (fields.TextOrNull("server") != null)
            {
                return Validated(client.ValidateAsync(origin, platform).GetAwaiter().GetResult());
            }
            using SecureSignTask call = SecureSignTask.Validate(client, origin, platform);
            return Exchange(call, fields) ?? Validated(call.GetValidation());
        }

        internal static JObject Session(Fields fields)
        {
            using SecureSignClient client = Client(fields);
            SecureSignRequest request = Request(fields);
            if (fields.TextOrNull("server") != null)
            {
                return Opened(client.OpenSessionAsync(request).GetAwaiter().GetResult());
            }
            using SecureSignTask call = SecureSignTask.OpenSession(client, request);
            return Exchange(call, fields) ?? Opened(call.GetSession());
        }

        internal static JObject DeepLink(Fields fields)
        {
            using SecureSignClient client = Client(fields);
            return new JObject { ["deep_link"] = client.DeepLink(Request(fields), fields.FlagOrNull("with_api_key") ?? false) };
        }

        internal static JObject Origin(Fields fields) => new JObject
        {
            ["origin"] = SecureSignRules.Origin(fields.Text("origin"), Environment(fields)),
        };

        internal static JObject Hint(Fields fields)
        {
            using SecureSignHint hint = SecureSignHint.Read(fields.Text("query"));
            var ok = new JObject { ["request_id"] = hint.RequestId, ["claims_success"] = hint.ClaimsSuccess };
            ok.AddUnlessNull("code", hint.Code);
            ok.AddUnlessNull("signature_base64", hint.Signature() is byte[] bytes ? Convert.ToBase64String(bytes) : null);
            ok.AddUnlessNull("signed_at_ms", hint.SignedAtMs);
            return ok;
        }

        /// <summary>The callbacks in their order, each at most once; the answer is that of the last.</summary>
        internal static JObject Callback(Fields fields)
        {
            using SecureSignClient client = Client(fields);
            byte[] certificate = fields.Bytes("certificate_base64");
            long nowMs = fields.Number("now_ms");
            List<SecureSignPending> pending = fields.Objects("pending").Select(Pending).ToList();
            using var used = new MemoryReplayStore();
            Func<JObject> last = () => throw new BadRequestException();
            foreach (string query in fields.Texts("queries"))
            {
                try
                {
                    JObject ok = One(client, query, pending, certificate, used, nowMs);
                    last = () => ok;
                }
                catch (CountermarkException refusal)
                {
                    last = () => throw refusal;
                }
            }
            return last();
        }

        internal static JObject Code(Fields fields) => new JObject
        {
            ["code"] = SecureSignRules.CodeName(fields.Text("code")),
            ["retry"] = SecureSignRules.CodeRetry(fields.Text("code")),
        };

        internal static JObject PinStatus(Fields fields) => new JObject
        {
            ["status"] = SecureSignRules.PinStatusName(fields.Text("status")),
            ["permits_signing"] = SecureSignRules.PinStatusPermitsSigning(fields.Text("status")),
        };

        internal static JObject PinSession(Fields fields) => new JObject
        {
            ["open"] = SecureSignRules.PinSessionIsOpen(fields.Number("last_use_ms"), fields.NumberOrNull("idle_ms"), fields.Number("now_ms")),
        };

        internal static JObject RateLimit(Fields fields)
        {
            IEnumerable<long> calls = fields.List("calls_ms").Select(call => call is JValue { Value: long time } ? time : throw new BadRequestException());
            return new JObject { ["wait_ms"] = SecureSignRules.RateLimitWaitMs(calls, fields.Number("rpm"), fields.Number("now_ms")) };
        }

        private static JObject One(
            SecureSignClient client, string query, List<SecureSignPending> pending, byte[] certificate, MemoryReplayStore used, long nowMs)
        {
            using SecureSignHint hint = SecureSignHint.Read(query);
            // Nothing is kept under the id: the library's own refusal of another request says so.
            SecureSignPending stored = pending.FirstOrDefault(kept => kept.RequestId == hint.RequestId)
                ?? new SecureSignPending("not-" + hint.RequestId, "SHA256", new byte[32], long.MaxValue);
            SecureSignResult result = client.Complete(hint, stored, certificate, nowMs);
            if (!used.ReserveAsync(result.OnceKey.Key, nowMs + (result.OnceKey.TtlSeconds * 1000), nowMs, default).GetAwaiter().GetResult())
            {
                throw CountermarkException.Of(ErrorCode.AlreadyConsumed);
            }
            return new JObject
            {
                ["request_id"] = result.RequestId,
                ["certificate_serial"] = result.CertificateSerial,
                ["once_key"] = result.OnceKey.Key,
                ["once_ttl_s"] = result.OnceKey.TtlSeconds,
            };
        }

        private static SecureSignClient Client(Fields fields)
        {
            var options = new SecureSignOptions(Environment(fields), fields.Text("api_key"), fields.Text("tenant_id"))
            {
                BaseUrl = fields.TextOrNull("server") is string server ? server.TrimEnd('/') + "/v1" : fields.TextOrNull("base_url"),
                ClockSkewSeconds = fields.NumberOrNull("clock_skew_s"),
            };
            foreach (string host in fields.Texts("callback_hosts"))
            {
                options.CallbackHosts.Add(host);
            }
            return new SecureSignClient(Http, options);
        }

        private static string Environment(Fields fields) => fields.Text("environment");

        private static SecureSignRequest Request(Fields fields) => new SecureSignRequest(
            fields.Text("request_id"), fields.Text("hash_algo"), fields.Bytes("hash_base64"), fields.Text("callback_url"));

        private static SecureSignPending Pending(Fields fields) => new SecureSignPending(
            fields.Text("request_id"), fields.Text("hash_algo"), fields.Bytes("hash_base64"), fields.Number("expires_at_ms"));

        /// <summary>Answers the call as the script says; without one, shows what is sent.</summary>
        private static JObject? Exchange(SecureSignTask call, Fields fields)
        {
            long nowMs = fields.NumberOrNull("now_ms") ?? 0;
            LoginRequest request = call.Poll(nowMs).Request ?? throw new BadRequestException();
            Fields? reply = fields.ObjectOrNull("reply");
            if (reply == null)
            {
                return new JObject
                {
                    ["method"] = request.Method,
                    ["url"] = request.Url,
                    ["headers"] = new JArray(request.Headers.Select(header => new JArray(header.Key, header.Value))),
                    ["body"] = Encoding.UTF8.GetString(request.Body()),
                };
            }
            if (reply.TextOrNull("failure") is string failure)
            {
                call.OnTransportError(Logins.Failure(failure), TransportPhase.MaybeSent, nowMs);
                return null;
            }
            byte[] body = reply.TextOrNull("body") is string text
                ? Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text, (int)(reply.NumberOrNull("times") ?? 1))))
                : reply.Bytes("body_base64");
            long status = reply.Number("status");
            call.OnResponse(status >= 0 && status <= uint.MaxValue ? status : throw new BadRequestException(), body, nowMs);
            return null;
        }

        private static JObject Validated(SecureSignValidation validation)
        {
            var ok = new JObject { ["tenant_id"] = validation.TenantId };
            ok.AddUnlessNull("rpm", validation.CallsPerMinute);
            return ok;
        }

        private static JObject Opened(SecureSignSession session) => new JObject
        {
            ["session_id"] = session.SessionId,
            ["expires_at_ms"] = session.ExpiresAtMs,
            ["deep_link"] = session.DeepLink,
        };
    }
}
