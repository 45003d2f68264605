using System;
using System.Collections.Generic;
using System.Linq;
using Newtonsoft.Json.Linq;

namespace Countermark.Adapter
{
    /// <summary>The fields of a request: an absent one is the binding's default, one of another type a bad request.</summary>
    public sealed class Fields
    {
        private readonly JObject request;

        public Fields(JObject request) => this.request = request;

        public IEnumerable<JProperty> All => request.Properties();

        public string Text(string name) => TextOrNull(name) ?? throw new BadRequestException();

        public string? TextOrNull(string name) => (string?)Get(name, JTokenType.String);

        public long Number(string name) => NumberOrNull(name) ?? throw new BadRequestException();

        public long? NumberOrNull(string name)
        {
            JToken? value = Get(name, JTokenType.Integer);
            // Newtonsoft keeps a number beyond 64 bits as a big one.
            return value == null ? (long?)null : value is JValue { Value: long number } ? number : throw new BadRequestException();
        }

        public bool? FlagOrNull(string name) => (bool?)Get(name, JTokenType.Boolean);

        public byte[] Bytes(string name)
        {
            try
            {
                return Convert.FromBase64String(Text(name));
            }
            catch (FormatException)
            {
                throw new BadRequestException();
            }
        }

        public byte[] BytesOrEmpty(string name) => TextOrNull(name) == null ? new byte[0] : Bytes(name);

        public Fields? ObjectOrNull(string name) => Get(name, JTokenType.Object) is JObject value ? new Fields(value) : null;

        public Fields Object(string name) => ObjectOrNull(name) ?? throw new BadRequestException();

        public JToken? ListOrNull(string name) => Get(name, JTokenType.Array);

        public IEnumerable<JToken> List(string name) => ListOrNull(name) ?? Enumerable.Empty<JToken>();

        public IEnumerable<Fields> Objects(string name) =>
            List(name).Select(item => new Fields(item as JObject ?? throw new BadRequestException())).ToList();

        public IEnumerable<string> Texts(string name) => List(name).Select(AsText).ToList();

        public static string AsText(JToken token) => token is JValue { Value: string text } ? text : throw new BadRequestException();

        private JToken? Get(string name, JTokenType type)
        {
            JToken? value = request[name];
            if (value == null || value.Type == JTokenType.Null)
            {
                return null;
            }
            return value.Type == type ? value : throw new BadRequestException();
        }
    }
}
