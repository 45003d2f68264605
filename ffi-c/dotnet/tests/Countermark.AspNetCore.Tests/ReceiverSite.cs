using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using Countermark.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Countermark.Tests
{
    /// <summary>A real Kestrel on a free port with one receiver.</summary>
    internal sealed class ReceiverSite : IDisposable
    {
        private readonly IHost host;

        internal ReceiverSite(
            IReplayStore store, Action<CountermarkOptions> options, Action<IApplicationBuilder> configure, HttpProtocols protocols = HttpProtocols.Http1)
        {
            host = new HostBuilder()
                .ConfigureWebHostDefaults(web => web
                    .UseContentRoot(AppContext.BaseDirectory)
                    .UseUrls("http://127.0.0.1:0")
                    .ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols))
                    .UseShutdownTimeout(TimeSpan.FromMilliseconds(100))
                    .ConfigureServices(services => services.AddRouting().AddSingleton(store).AddCountermark(options))
                    .Configure(configure))
                .Build();
            try
            {
                host.Start();
            }
            catch (Exception)
            {
                host.Dispose();
                throw;
            }
            Port = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>().Addresses.First()).Port;
        }

        internal int Port { get; }

        public void Dispose()
        {
            host.StopAsync().GetAwaiter().GetResult();
            host.Dispose();
        }
    }

    /// <summary>An answer, as it came over the connection.</summary>
    internal sealed class RawReply
    {
        private readonly string[] lines;

        internal RawReply(string text)
        {
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            lines = text.Substring(0, end).Split(new[] { "\r\n" }, StringSplitOptions.None);
            Status = int.Parse(lines[0].Split(' ')[1]);
            string rest = text.Substring(end + 4);
            Body = Header("Transfer-Encoding") == "chunked" ? Joined(rest) : rest;
        }

        internal int Status { get; }

        internal string Body { get; }

        internal string Header(string name) =>
            lines.Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line.Substring(name.Length + 1).Trim()).FirstOrDefault()
            ?? string.Empty;

        private static string Joined(string chunks)
        {
            var all = new StringBuilder();
            int line;
            while ((line = chunks.IndexOf("\r\n", StringComparison.Ordinal)) > 0 && Convert.ToInt32(chunks.Substring(0, line), 16) is int length && length > 0)
            {
                all.Append(chunks, line + 2, length);
                chunks = chunks.Substring(line + 2 + length + 2);
            }
            return all.ToString();
        }
    }

    /// <summary>A request that goes over a connection of its own, byte for byte as it is written here.</summary>
    internal sealed class RawRequest
    {
        private readonly string target;
        private readonly List<KeyValuePair<string, string>> headers;
        private string? framing;

        internal RawRequest(string method, string target, List<KeyValuePair<string, string>> headers, byte[] body)
        {
            Method = method;
            Body = body;
            this.target = target;
            this.headers = headers;
        }

        internal string Method { get; }

        internal byte[] Body { get; }

        internal RawRequest With(string? framing) => new RawRequest(Method, target, headers, Body) { framing = framing };

        /// <summary>Null where the sender goes away.</summary>
        internal async Task<RawReply?> SendAsync(int port)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            NetworkStream stream = client.GetStream();
            await WriteAsync(stream, Head());
            switch (framing)
            {
                case "aborted":
                    await stream.WriteAsync(Body, 0, Body.Length / 2);
                    await Task.Delay(20);
                    return null;
                case "chunked":
                    for (int at = 0; at < Body.Length; at += 400)
                    {
                        int length = Math.Min(400, Body.Length - at);
                        await WriteAsync(stream, length.ToString("x") + "\r\n");
                        await stream.WriteAsync(Body, at, length);
                        await WriteAsync(stream, "\r\n");
                    }
                    await WriteAsync(stream, "0\r\n\r\n");
                    break;
                case "broken":
                    await WriteAsync(stream, "no length\r\n");
                    break;
                case "slow":
                    for (int at = 0; at < Body.Length; at++)
                    {
                        await stream.WriteAsync(Body, at, 1);
                        await Task.Delay(2);
                    }
                    break;
                case "expect":
                    var first = new byte[1000];
                    string said = Encoding.ASCII.GetString(first, 0, await stream.ReadAsync(first, 0, first.Length));
                    NUnit.Framework.StringAssert.StartsWith("HTTP/1.1 100 ", said);
                    await stream.WriteAsync(Body, 0, Body.Length);
                    break;
                default:
                    await stream.WriteAsync(Body, 0, Body.Length);
                    break;
            }
            var received = new MemoryStream();
            await stream.CopyToAsync(received);
            return new RawReply(Encoding.GetEncoding("iso-8859-1").GetString(received.ToArray()));
        }

        private string Head()
        {
            var lines = new StringBuilder(Method + " " + target + " HTTP/1.1\r\nHost: internal.example\r\nConnection: close\r\n");
            lines.Append(framing == "chunked" || framing == "broken" ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + Body.Length + "\r\n");
            lines.Append(framing == "expect" ? "Expect: 100-continue\r\n" : string.Empty);
            headers.ForEach(header => lines.Append(header.Key + ": " + header.Value + "\r\n"));
            return lines + "\r\n";
        }

        private static Task WriteAsync(NetworkStream stream, string text)
        {
            byte[] bytes = Encoding.GetEncoding("iso-8859-1").GetBytes(text);
            return stream.WriteAsync(bytes, 0, bytes.Length);
        }
    }
}
