using Newtonsoft.Json.Linq;

namespace Countermark.Adapter
{
    internal static class Seal
    {
        internal static JObject OpenForeign(Fields fields)
        {
            var key = new SealKey(fields.TextOrNull("key_id") ?? "1", fields.Bytes("key_base64"));
            string token = fields.Text("token");
            string binding = fields.Text("binding");
            long nowMs = fields.Number("now_ms");
            using var sealer = new SessionSealer(
                new[] { key }, fields.TextOrNull("service_name") ?? string.Empty, fields.TextOrNull("service_address") ?? string.Empty);
            using AuthSession session = sealer.Open(token, binding, nowMs);
            return new JObject
            {
                ["secsignid"] = session.SecSignId,
                ["authsessionid"] = session.AuthSessionId,
                ["service_name"] = session.ServiceName,
                ["service_address"] = session.ServiceAddress,
                ["created_at_ms"] = session.CreatedAtMs,
            };
        }
    }
}
