using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;

namespace Countermark.Tests
{
    /// <summary>An ID server on this machine: <c>countermark id-server</c>, ended with the test.</summary>
    internal sealed class Emulator : IDisposable
    {
        private static readonly HttpClient Http = new HttpClient();
        private readonly Process process;
        private readonly JObject addresses;
        private bool ended;

        private readonly string authority = Path.Combine(Path.GetTempPath(), "countermark-" + Guid.NewGuid() + ".pem");

        internal Emulator(params string[] arguments)
        {
            string all = "id-server " + string.Join(" ", arguments) + (Array.IndexOf(arguments, "--tls") >= 0 ? " --ca-out " + authority : string.Empty);
            process = Process.Start(new ProcessStartInfo(Places.Countermark, all)
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            })!;
            string line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the emulator did not start");
            addresses = JObject.Parse(line);
        }

        internal string Server => (string)addresses["server"]!;

        internal string Control => (string)addresses["control"]!;

        internal string Token => (string)addresses["token"]!;

        /// <summary>The authority of its certificate, in PEM.</summary>
        internal string Authority() => File.ReadAllText(authority);

        /// <summary>The kinds of the requests that it got, in order.</summary>
        internal async Task<JArray> SentAsync() => new JArray(
            JArray.Parse(await ControlAsync("GET", "/transcript").ConfigureAwait(false)).Select(entry => (string?)entry["request"] ?? "none"));

        /// <summary>What the user of an ID does on the phone, such as <c>approve</c>.</summary>
        internal async Task DecideAsync(string id, string action)
        {
            JToken session = JArray.Parse(await ControlAsync("GET", "/sessions?secsignid=" + id).ConfigureAwait(false))[0];
            await ControlAsync("POST", "/sessions/" + session["authsessionid"], new JObject { ["action"] = action }).ConfigureAwait(false);
        }

        /// <summary>A command of the control API.</summary>
        internal async Task<string> ControlAsync(string method, string path, JToken? body = null)
        {
            var request = new HttpRequestMessage(new HttpMethod(method), ((string)addresses["control"]!).TrimEnd('/') + path);
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + addresses["token"]);
            if (body != null)
            {
                request.Content = new StringContent(body.ToString(), Encoding.UTF8, "application/json");
            }
            using HttpResponseMessage response = await Http.SendAsync(request).ConfigureAwait(false);
            string text = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw new InvalidOperationException(path + ": " + (int)response.StatusCode + " " + text);
            }
            return text;
        }

        public void Dispose()
        {
            if (ended)
            {
                return;
            }
            ended = true;
            if (!process.HasExited)
            {
                process.Kill();
            }
            process.WaitForExit();
            process.Dispose();
            File.Delete(authority);
        }
    }
}
