using System;
using System.Net.Http;
using System.Threading;
using Countermark;

namespace SecSignID
{
    /// <summary>What the vendor's API had no place for. Set it once, in <c>Application_Start</c>; what is not set comes from the environment, or is
    /// the library's default.</summary>
    public static class SecSignIDConfiguration
    {
        private const string KeyVariable = "SECSIGNID_KEY";

        // Made when they are asked for: what fails while a class is set up is told as TypeInitializationException, and only the first time.
        private static SealKey? sealKey;
        private static IReplayStore? store;

        /// <summary>The ID server; else the variable <c>SECSIGNID_SERVER</c>, or the public one and its fallback.</summary>
        public static string? Server { get; set; } = Environment.GetEnvironmentVariable("SECSIGNID_SERVER");

        /// <summary>The second ID server; else the variable <c>SECSIGNID_FALLBACK</c>.</summary>
        public static string? Fallback { get; set; } = Environment.GetEnvironmentVariable("SECSIGNID_FALLBACK");

        /// <summary>Seals request ids; else the 32 bytes in base64 of the variable <c>SECSIGNID_KEY</c>, or a random key of this process. Several web
        /// servers share one.</summary>
        /// <exception cref="CountermarkException">InvalidSecret for a variable that is no base64.</exception>
        public static SealKey SealKey
        {
            get => LazyInitializer.EnsureInitialized(ref sealKey, ConfiguredKey)!;
            set => sealKey = value;
        }

        /// <summary>Keeps what may happen once; several web servers share one.</summary>
        /// <exception cref="NativeLibraryException">There is no native library for the default, which is memory of this process.</exception>
        public static IReplayStore Store
        {
            get => LazyInitializer.EnsureInitialized(ref store, () => new MemoryReplayStore())!;
            set => store = value;
        }

        /// <summary>Sends the requests.</summary>
        public static HttpClient Http { get; set; } = new HttpClient(LoginClient.CreateHandler());

        /// <summary>What only the visitor's browser has: a random cookie that is set when the login begins, which is when this is asked first. A request id of
        /// another visitor then does not open. Not the id of the ASP.NET session, nor anything else that was there before: somebody may have planted it.
        /// Without it, whoever reads a page's hidden fields can ask for the state of its login, and an attacker's form with his own approved login signs the
        /// visitor in as the attacker.</summary>
        public static Func<string> VisitorBinding { get; set; } = () => nameof(SecSignID);

        private static SealKey ConfiguredKey()
        {
            string? text = Environment.GetEnvironmentVariable(KeyVariable);
            try
            {
                return text == null ? SealKey.CreateRandom() : new SealKey("configured", Convert.FromBase64String(text));
            }
            catch (FormatException)
            {
                throw CountermarkException.Of(ErrorCode.InvalidSecret, KeyVariable);
            }
        }
    }
}
