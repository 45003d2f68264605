using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>The settings of a login service. What is null is the library's default.</summary>
    public sealed class LoginOptions
    {
        /// <summary>The ID server, <c>https://host[:port]</c>; <c>http</c> for loopback only. Null: the public server and its fallback.</summary>
        public string? Server { get; set; }

        /// <summary>The host to turn to when the server cannot be reached at all. Null: none, if <see cref="Server"/> is given.</summary>
        public string? Fallback { get; set; }

        /// <summary>The name that the push message shows. Required.</summary>
        public string? ServiceName { get; set; }

        /// <summary>The address that the app shows. Required; from configuration, never from a request.</summary>
        public string? ServiceAddress { get; set; }

        /// <summary>The name of the calling plugin.</summary>
        public string? PluginName { get; set; }

        /// <summary>The value of <c>apimethod</c>.</summary>
        public string? ApiMethod { get; set; }

        /// <summary>Whether the app asks for an access pass. Null: not sent, the server decides.</summary>
        public bool? ShowAccessPass { get; set; }

        /// <summary>Whether another ID than the one asked for may approve, by a priority code.</summary>
        public bool AllowPriorityCode { get; set; }

        /// <summary>Time to reach the server, in milliseconds.</summary>
        public long? ConnectTimeoutMs { get; set; }

        /// <summary>Time for a whole exchange, in milliseconds.</summary>
        public long? TotalTimeoutMs { get; set; }

        internal countermark_login_config Native(Arena arena) => new countermark_login_config
        {
            server = arena.Text(Server),
            fallback = arena.Text(Fallback),
            service_name = arena.Text(ServiceName),
            service_address = arena.Text(ServiceAddress),
            plugin_name = arena.Text(PluginName),
            api_method = arena.Text(ApiMethod),
            show_access_pass = Option.Flag(ShowAccessPass),
            allow_priority_code = AllowPriorityCode ? 1 : 0,
            connect_timeout_ms = Option.Span(ConnectTimeoutMs),
            total_timeout_ms = Option.Span(TotalTimeoutMs),
        };
    }
}
