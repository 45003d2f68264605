using System.Collections.Generic;
using System.Linq;
using Newtonsoft.Json.Linq;

namespace Countermark.Adapter
{
    internal static class Webhooks
    {
        internal static JObject Verify(Fields fields)
        {
            WebhookOptions options = Options(fields);
            WebhookRequest request = Request(fields);
            byte[] body = fields.Bytes("body_base64");
            long nowMs = fields.Number("now_ms");
            using var verifier = new WebhookVerifier(options);
            using VerifiedWebhook verified = verifier.Verify(request, body, nowMs);
            var ok = new JObject { ["key_id"] = verified.KeyId };
            ok.AddUnlessNull("message_id", verified.MessageId);
            ok.AddUnlessNull("timestamp_ms", verified.TimestampMs);
            ok["covers"] = new JArray(verified.Covers);
            ok.AddUnlessNull("replay_key", verified.ReplayKey);
            return ok;
        }

        internal static JObject SiteOrigin(Fields fields)
        {
            using var verifier = new WebhookVerifier(Options(fields));
            return new JObject { ["origin"] = verifier.SiteOrigin(fields.TextOrNull("origin")) };
        }

        internal static JObject Explain(Fields fields)
        {
            WebhookOptions options = Options(fields);
            WebhookRequest request = Request(fields);
            byte[] body = fields.Bytes("body_base64");
            long nowMs = fields.Number("now_ms");
            using var explainer = new WebhookExplainer(options);
            WebhookExplanation explanation = explainer.Explain(request, body, nowMs);
            var ok = new JObject { ["verified"] = explanation.Error == ErrorCode.None };
            if (ErrorTable.TryFind(explanation.Error, out ErrorInfo? row))
            {
                ok["error"] = row.Name;
            }
            ok["causes"] = new JArray(explanation.Causes.Select(cause => cause.Name));
            ok["details"] = new JArray(explanation.Causes.Select(Detail));
            ok["complete"] = explanation.IsComplete;
            ok["body_len"] = explanation.BodyLength;
            ok["body_sha256"] = explanation.BodySha256;
            return ok;
        }

        internal static JObject Sign(Fields fields)
        {
            var options = new WebhookOptions { Scheme = fields.Text("scheme") };
            foreach (Fields key in fields.ObjectOrNull("key") is Fields one ? new[] { one } : fields.Objects("keys"))
            {
                options.Keys.Add(Key(key));
            }
            WebhookRequest request = Request(fields);
            byte[] body = fields.Bytes("body_base64");
            long nowMs = fields.Number("now_ms");
            using var signer = new WebhookSigner(options);
            SignedWebhook signed = signer.Sign(request, body, fields.TextOrNull("message_id"), nowMs);
            var ok = new JObject { ["headers"] = new JArray(signed.Headers.Select(header => new JArray(header.Key, header.Value))) };
            ok.AddUnlessNull("url", signed.Url);
            ok.AddUnlessNull("query", signed.Query);
            ok.AddUnlessNull("body_base64", signed.Body() is byte[] bytes ? System.Convert.ToBase64String(bytes) : null);
            return ok;
        }

        internal static WebhookRequest Request(Fields fields)
        {
            var request = new WebhookRequest
            {
                Method = fields.TextOrNull("method"),
                Url = fields.TextOrNull("url"),
                Query = fields.TextOrNull("query"),
            };
            foreach (JToken pair in fields.List("headers"))
            {
                if (!(pair is JArray { Count: 2 } header))
                {
                    throw new BadRequestException();
                }
                request.AddHeader(Fields.AsText(header[0]), Fields.AsText(header[1]));
            }
            return request;
        }

        private static WebhookOptions Options(Fields fields)
        {
            var options = new WebhookOptions
            {
                Scheme = fields.Text("scheme"),
                MaxAgeSeconds = Seconds(fields, "max_age_s"),
                MaxFutureSeconds = Seconds(fields, "max_future_s"),
                MaxBodyBytes = Seconds(fields, "max_body_bytes"),
                IgnoreTime = fields.FlagOrNull("check_time") == false,
            };
            foreach (Fields key in fields.Objects("keys"))
            {
                options.Keys.Add(Key(key));
            }
            return options;
        }

        private static WebhookKey Key(Fields fields) => new WebhookKey(fields.Text("id"), fields.Text("secret"))
        {
            Encoding = fields.TextOrNull("encoding"),
            NotBeforeMs = fields.NumberOrNull("not_before_ms"),
            NotAfterMs = fields.NumberOrNull("not_after_ms"),
        };

        private static long? Seconds(Fields fields, string name)
        {
            long? value = fields.NumberOrNull(name);
            return value < 0 || value > uint.MaxValue ? throw new BadRequestException() : value;
        }

        private static JObject Detail(WebhookCause cause)
        {
            var detail = new JObject { ["certainty"] = cause.Certainty };
            detail.AddUnlessNull("subject", cause.Subject.Length == 0 ? null : cause.Subject);
            detail.AddUnlessNull("fits", cause.Fits.Length == 0 ? null : cause.Fits);
            detail.AddUnlessNull("amount", cause.Unit.Length == 0 ? (long?)null : cause.Amount);
            return detail;
        }
    }
}
