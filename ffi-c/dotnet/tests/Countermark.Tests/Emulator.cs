using System;
using System.Diagnostics;
using System.IO;
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

        internal Emulator(params string[] arguments)
        {
            process = Process.Start(new ProcessStartInfo(Places.Countermark, "id-server " + string.Join(" ", arguments))
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            })!;
            string line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the emulator did not start");
            addresses = JObject.Parse(line);
        }

        internal string Server => (string)addresses["server"]!;

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
        }
    }
}
