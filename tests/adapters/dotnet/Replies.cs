using Newtonsoft.Json.Linq;

namespace Countermark.Adapter
{
    internal static class Replies
    {
        internal static JObject Parse(Fields fields)
        {
            ServerReply reply = ServerReply.Parse(Kind(fields.Text("request")), fields.Bytes("body_base64"));
            var ok = new JObject();
            ok.AddUnlessNull("secsignid", reply.SecSignId);
            ok.AddUnlessNull("authsessionid", reply.AuthSessionId);
            ok.AddUnlessNull("requestid", reply.RequestId);
            ok.AddUnlessNull("servicename", reply.ServiceName);
            ok.AddUnlessNull("serviceaddress", reply.ServiceAddress);
            ok.AddUnlessNull("access_pass_base64", reply.AccessPassBase64);
            ok.AddUnlessNull("state", reply.State);
            ok.AddUnlessNull("unknown_fields", reply.UnknownFields > 0 ? reply.UnknownFields : (int?)null);
            return ok;
        }

        internal static LoginRequestKind Kind(string name) => name switch
        {
            "start" => LoginRequestKind.Start,
            "state" => LoginRequestKind.State,
            "cancel" => LoginRequestKind.Cancel,
            "release" => LoginRequestKind.Release,
            _ => throw new BadRequestException(),
        };

        internal static JObject AccessPass(Fields fields)
        {
            AccessPass pass = Countermark.AccessPass.FromBase64(fields.Text("icon"));
            return new JObject { ["width"] = pass.Width, ["height"] = pass.Height, ["data_uri"] = pass.DataUri };
        }

        internal static void AddUnlessNull(this JObject ok, string name, JToken? value)
        {
            if (value != null && !(value is JValue { Value: null }))
            {
                ok[name] = value;
            }
        }
    }
}
