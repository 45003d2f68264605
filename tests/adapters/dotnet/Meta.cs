using System.Linq;
using Newtonsoft.Json.Linq;

namespace Countermark.Adapter
{
    internal static class Meta
    {
        internal static JObject Errors(Fields fields) => new JObject
        {
            ["errors"] = new JArray(ErrorTable.Rows.Select(row => new JObject
            {
                ["number"] = (int)row.Code,
                ["name"] = row.Name,
                ["class"] = row.Group,
                ["retryable"] = row.IsRetryable,
                ["http_status"] = row.HttpStatus,
            })),
        };

        internal static JObject Version(Fields fields) => new JObject { ["version"] = CountermarkInfo.Version, ["abi"] = CountermarkInfo.AbiVersion };

        internal static JObject States(Fields fields) => new JObject
        {
            ["states"] = new JArray(LoginState.List().Select(state => new JObject
            {
                ["number"] = state.Number,
                ["name"] = state.Name,
                ["terminal"] = state.IsTerminal,
            })),
        };
    }
}
