using System;
using System.Collections.Generic;
using System.IO;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Countermark.Adapter
{
    /// <summary>The line is no request of the adapter protocol.</summary>
    public sealed class BadRequestException : Exception
    {
    }

    /// <summary>The adapter protocol over the public API: it translates, and holds no protocol logic.</summary>
    public static class Answers
    {
        private static readonly Dictionary<string, Func<Fields, JObject>> Operations = new Dictionary<string, Func<Fields, JObject>>
        {
            ["access_pass.check"] = Replies.AccessPass,
            ["deep_link.build"] = Links.Build,
            ["ident.normalize"] = Links.Normalize,
            ["login.machine"] = Logins.Machine,
            ["login.request"] = Logins.Request,
            ["login.run"] = LoginRun.Run,
            ["meta.errors"] = Meta.Errors,
            ["meta.states"] = Meta.States,
            ["meta.version"] = Meta.Version,
            ["query.sign"] = Queries.Sign,
            ["query.verify"] = Queries.Verify,
            ["replay.run"] = Replay.Run,
            ["reply.parse"] = Replies.Parse,
            ["return_url.check"] = Links.ReturnUrl,
            ["seal.open_foreign"] = Seal.OpenForeign,
            ["securesign.callback"] = SecureSign.Callback,
            ["securesign.code"] = SecureSign.Code,
            ["securesign.deep_link"] = SecureSign.DeepLink,
            ["securesign.hint"] = SecureSign.Hint,
            ["securesign.origin"] = SecureSign.Origin,
            ["securesign.pin_session"] = SecureSign.PinSession,
            ["securesign.pin_status"] = SecureSign.PinStatus,
            ["securesign.rate_limit"] = SecureSign.RateLimit,
            ["securesign.session"] = SecureSign.Session,
            ["securesign.validate"] = SecureSign.Validate,
            ["webhook.explain"] = Webhooks.Explain,
            ["webhook.handshake"] = Handshakes.Answer,
            ["webhook.sign"] = Webhooks.Sign,
            ["webhook.site_origin"] = Webhooks.SiteOrigin,
            ["webhook.status"] = Handshakes.Status,
            ["webhook.verify"] = Webhooks.Verify,
        };

        /// <summary>Answers one request line.</summary>
        public static string Answer(string line) => Answer(Parse(line)).ToString(Formatting.None);

        /// <summary>Answers one request; null is a line that is none.</summary>
        public static JObject Answer(JObject? request)
        {
            if (request == null)
            {
                return BadRequest();
            }
            JToken id = request["id"] ?? JValue.CreateNull();
            try
            {
                var fields = new Fields(request);
                return Operations.TryGetValue(fields.Text("op"), out Func<Fields, JObject> operation)
                    ? new JObject { ["id"] = id, ["ok"] = operation(fields) }
                    : BadRequest();
            }
            catch (BadRequestException)
            {
                return BadRequest();
            }
            catch (CountermarkException refusal)
            {
                return new JObject { ["id"] = id, ["error"] = refusal.Name, ["number"] = refusal.Number };
            }
        }

        /// <summary>Reads JSON as it stands: a text that looks like a date is a text.</summary>
        public static JObject? Parse(string line)
        {
            try
            {
                using var reader = new JsonTextReader(new StringReader(line)) { DateParseHandling = DateParseHandling.None };
                var request = JToken.Load(reader) as JObject;
                return reader.Read() ? null : request;
            }
            catch (JsonException)
            {
                return null;
            }
        }

        private static JObject BadRequest() => new JObject { ["id"] = null, ["error"] = "BAD_REQUEST", ["number"] = 0 };
    }
}
