using Newtonsoft.Json.Linq;

namespace Countermark.Adapter
{
    internal static class Links
    {
        internal static JObject Build(Fields fields)
        {
            using var app = new AppLink(fields.TextOrNull("scheme"), fields.Text("id_server"));
            return new JObject { ["link"] = app.Authenticate(fields.Text("secsignid"), fields.Text("authsessionid"), fields.Text("return_url")) };
        }

        internal static JObject ReturnUrl(Fields fields) => new JObject
        {
            ["url"] = Countermark.ReturnUrl.Safe(fields.Text("base"), fields.Text("candidate"), fields.Text("default")),
        };

        internal static JObject Normalize(Fields fields) => new JObject { ["secsignid"] = SecSignIds.Normalize(fields.Text("secsignid")) };
    }
}
