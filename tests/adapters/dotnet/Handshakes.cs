using System;
using System.Linq;
using Newtonsoft.Json.Linq;

namespace Countermark.Adapter
{
    internal static class Handshakes
    {
        internal static JObject Answer(Fields fields)
        {
            string scheme = fields.Text("scheme");
            byte[] body = fields.BytesOrEmpty("body_base64");
            WebhookAnswer? answer = WebhookHandshake.Answer(scheme, fields.TextOrNull("secret"), Webhooks.Request(fields), body);
            bool handsOver = WebhookHandshake.Secret(scheme, body) != null;
            return new JObject
            {
                ["order"] = WebhookHandshake.Order(scheme) switch
                {
                    HandshakeOrder.BeforeVerify => "before_verify",
                    HandshakeOrder.AfterVerify => "after_verify",
                    _ => null,
                },
                ["answer"] = answer == null ? (JToken)JValue.CreateNull() : Show(answer),
                ["hands_over_secret"] = handsOver,
            };
        }

        internal static JObject Status(Fields fields)
        {
            string scheme = fields.Text("scheme");
            if (!(fields.TextOrNull("error") is string name))
            {
                return Show(WebhookHandshake.Success(scheme));
            }
            ErrorInfo row = ErrorTable.Rows.FirstOrDefault(info => info.Name == name) ?? throw new BadRequestException();
            return new JObject { ["status"] = WebhookHandshake.ErrorStatus(scheme, row.Code) };
        }

        private static JObject Show(WebhookAnswer answer) => new JObject
        {
            ["status"] = answer.Status,
            ["content_type"] = answer.ContentType,
            ["body_base64"] = Convert.ToBase64String(answer.Body()),
        };
    }
}
