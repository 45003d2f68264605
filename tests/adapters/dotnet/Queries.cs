using System.Collections.Generic;
using System.Linq;
using Newtonsoft.Json.Linq;

namespace Countermark.Adapter
{
    internal static class Queries
    {
        internal static JObject Verify(Fields fields)
        {
            var options = new SignedQueryOptions
            {
                Profile = Profile(fields),
                Audience = fields.TextOrNull("audience"),
                MaxAgeSeconds = fields.NumberOrNull("max_age_s"),
                MaxFutureSeconds = fields.NumberOrNull("max_future_s"),
                AllowEmptyNames = fields.FlagOrNull("allow_empty_names") ?? false,
                AllowDemoSecret = AllowDemoSecret(fields),
            };
            foreach (Fields key in fields.Objects("keys"))
            {
                options.Keys.Add(Key(key));
            }
            string query = fields.Text("query");
            long nowMs = fields.Number("now_ms");
            using var verifier = new SignedQueryVerifier(options);
            using VerifiedQuery verified = verifier.Verify(query, nowMs);
            string? email = null;
            if (fields.ObjectOrNull("account") is Fields account)
            {
                email = verified.CheckProfile(account.Text("firstname"), account.Text("lastname"));
            }
            if (fields.ListOrNull("known_emails") is JToken known)
            {
                email = verified.CheckKnownEmails(known.Select(Fields.AsText));
            }
            var ok = new JObject
            {
                ["fields"] = new JObject(verified.Fields.Select(field => new JProperty(field.Key, field.Value))),
                ["timestamp"] = verified.SignedAtMs / 1000,
                ["key_id"] = verified.KeyId,
                ["replay_key"] = verified.ReplayKey,
            };
            ok.AddUnlessNull("tenant", verified.Tenant);
            ok.AddUnlessNull("claimed_email", verified.ClaimedEmail);
            ok.AddUnlessNull("email", email);
            if (fields.FlagOrNull("ambiguous_emails") == true)
            {
                ok["ambiguous_emails"] = new JArray(verified.AmbiguousEmails());
            }
            return ok;
        }

        internal static JObject Sign(Fields fields)
        {
            var options = new SignedQuerySignerOptions(Profile(fields), Key(fields.Object("key")))
            {
                Audience = fields.TextOrNull("audience"),
                LifetimeSeconds = fields.NumberOrNull("lifetime_s"),
                AllowDemoSecret = AllowDemoSecret(fields),
            };
            List<KeyValuePair<string, string>> signed = fields.Object("fields").All
                .Select(field => new KeyValuePair<string, string>(field.Name, Fields.AsText(field.Value)))
                .ToList();
            byte[]? entropy = fields.TextOrNull("entropy_base64") == null ? null : fields.Bytes("entropy_base64");
            long nowMs = fields.Number("now_ms");
            using var signer = new SignedQuerySigner(options);
            return new JObject { ["query"] = signer.Sign(signed, nowMs, entropy) };
        }

        private static SignedQueryProfile Profile(Fields fields) => (fields.Text("profile"), fields.TextOrNull("mode")) switch
        {
            ("countermark-v1", _) => SignedQueryProfile.CountermarkV1,
            ("onelogin", null) => SignedQueryProfile.LegacyOneLogin,
            ("onelogin", "legacy") => SignedQueryProfile.LegacyOneLogin,
            ("onelogin", "strict") => SignedQueryProfile.LegacyOneLoginStrict,
            _ => throw new BadRequestException(),
        };

        private static SignedQueryKey Key(Fields fields)
        {
            var key = new SignedQueryKey(fields.Text("id"), fields.Text("secret"))
            {
                NotBeforeMs = fields.NumberOrNull("not_before_ms"),
                NotAfterMs = fields.NumberOrNull("not_after_ms"),
                Tenant = fields.TextOrNull("tenant"),
            };
            foreach (string domain in fields.Texts("email_domains"))
            {
                key.EmailDomains.Add(domain);
            }
            return key;
        }

        /// <summary>The adapter is a test program, and the published vectors are made with the demo secret.</summary>
        private static bool AllowDemoSecret(Fields fields) => fields.FlagOrNull("allow_demo_secret") ?? true;
    }
}
