using System;
using System.Net.Http;
using Countermark;

namespace SecSignID
{
    /// <summary>What the vendor's API had no place for. Set it once, in <c>Application_Start</c>; what is not set comes from the environment, or is
    /// the library's default.</summary>
    public static class SecSignIDConfiguration
    {
        /// <summary>The ID server; else the variable <c>SECSIGNID_SERVER</c>, or the public one and its fallback.</summary>
        public static string? Server { get; set; } = Environment.GetEnvironmentVariable("SECSIGNID_SERVER");

        /// <summary>The second ID server; else the variable <c>SECSIGNID_FALLBACK</c>.</summary>
        public static string? Fallback { get; set; } = Environment.GetEnvironmentVariable("SECSIGNID_FALLBACK");

        /// <summary>Seals request ids; else the 32 bytes in base64 of the variable <c>SECSIGNID_KEY</c>, or a random key of this process. Several web
        /// servers share one.</summary>
        public static SealKey SealKey { get; set; } = Environment.GetEnvironmentVariable("SECSIGNID_KEY") is string text
            ? new SealKey("configured", Convert.FromBase64String(text))
            : SealKey.CreateRandom();

        /// <summary>Keeps what may happen once; several web servers share one.</summary>
        public static IReplayStore Store { get; set; } = new MemoryReplayStore();

        /// <summary>Sends the requests.</summary>
        public static HttpClient Http { get; set; } = new HttpClient(LoginClient.CreateHandler());

        /// <summary>What only the visitor's browser has: a random cookie that is set when the login begins, which is when this is asked first. A request id of
        /// another visitor then does not open. Not the id of the ASP.NET session, nor anything else that was there before: somebody may have planted it.
        /// Without it, whoever reads a page's hidden fields can ask for the state of its login, and an attacker's form with his own approved login signs the
        /// visitor in as the attacker.</summary>
        public static Func<string> VisitorBinding { get; set; } = () => nameof(SecSignID);
    }
}
