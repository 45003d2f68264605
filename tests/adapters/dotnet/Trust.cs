using System;
using System.Linq;
using System.Net.Http;
using System.Net.Security;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using System.Threading;

namespace Countermark.Adapter
{
    /// <summary>Trusts further authorities, as a site with an ID server of its own does: the chain must end at one of them, and the name must
    /// fit. On Mono one login at a time does so; the thread that makes one disposes of it.</summary>
    internal sealed class Trust : IDisposable
    {
        private static readonly object Turn = new object();
        private const BindingFlags Static = BindingFlags.Public | BindingFlags.Static;
        private readonly PropertyInfo? monoSettings;
        private readonly object? before;

        internal Trust(string? pem)
        {
            Handler = LoginClient.CreateHandler();
            if (pem == null)
            {
                return;
            }
            X509Certificate2[] roots = Certificates(pem);
            // Mono's X509Chain knows no elliptic curves; its TLS does, and takes authorities for the whole process.
            Type? mono = Type.GetType("Mono.Security.Interface.MonoTlsSettings, Mono.Security");
            if (mono == null)
            {
                Handler.ServerCertificateCustomValidationCallback = (request, certificate, chain, errors) => IsTrusted(certificate, errors, roots);
                return;
            }
            PropertyInfo process = mono.GetProperty("DefaultSettings", Static)!;
            Monitor.Enter(Turn);
            monoSettings = process;
            before = monoSettings.GetValue(null);
            object settings = mono.GetMethod("CopyDefaultSettings", Static)!.Invoke(null, null)!;
            mono.GetProperty("TrustAnchors")!.SetValue(settings, new X509CertificateCollection(roots));
            monoSettings.SetValue(null, settings);
        }

        internal HttpClientHandler Handler { get; }

        public void Dispose()
        {
            if (monoSettings != null)
            {
                monoSettings.SetValue(null, before);
                Monitor.Exit(Turn);
            }
            Handler.Dispose();
        }

        private static bool IsTrusted(X509Certificate2 certificate, SslPolicyErrors errors, X509Certificate2[] roots)
        {
            if ((errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
            {
                return false;
            }
            using var chain = new X509Chain();
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
            chain.ChainPolicy.ExtraStore.AddRange(roots);
            return chain.Build(certificate)
                && roots.Any(root => root.Thumbprint == chain.ChainElements[chain.ChainElements.Count - 1].Certificate.Thumbprint);
        }

        private static X509Certificate2[] Certificates(string pem) =>
            pem.Split(new[] { "-----BEGIN CERTIFICATE-----" }, StringSplitOptions.None)
                .Skip(1)
                .Select(part => new X509Certificate2(Convert.FromBase64String(part.Substring(0, part.IndexOf("-----END", StringComparison.Ordinal)))))
                .ToArray();
    }
}
