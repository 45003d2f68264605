// What the reader has around the login of `../../README.md` and around the webhook of the front page.
using System;
using System.Net.Http;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Countermark;

static class Program
{
    const string secret = "a secret of at least twenty characters";
    static readonly IReplayStore store = new MemoryReplayStore();
    static readonly Visitor visitor = new Visitor();
    static CancellationToken cancellationToken;

    class Visitor
    {
        public SecureSignPending Pending;
    }

    static async Task Main()
    {
        await Login();
        await SecureSign();
        byte[] genuine = Encoding.UTF8.GetBytes("{}");
        foreach (byte[] body in new[] { genuine, genuine, Encoding.UTF8.GetBytes("{ }") })
        {
            try
            {
                await Webhook(body, genuine);
            }
            catch (VerificationException refused)
            {
                Console.WriteLine(refused.Code);
            }
        }
    }

    static async Task Login()
    {
        // LOGIN
    }

    static async Task SecureSign()
    {
        byte[] hash = Given("HASH"), certificateDer = Given("CERTIFICATE");
        // ASK
        string claim = $"{{\"requestId\":\"{visitor.Pending.RequestId}\",\"success\":true,\"signatureBase64\":\"{Convert.ToBase64String(Given("SIGNATURE"))}\"}}";
        string query = "ss_result=" + Uri.EscapeDataString(Convert.ToBase64String(Encoding.UTF8.GetBytes(claim)));
        async Task Signed()
        {
            // SIGNED
        }
        await Signed();
        for (int round = 0; round < 2; round++)
        {
            try
            {
                await Signed();
            }
            catch (InvalidOperationException refused)
            {
                Console.WriteLine(refused.Message);
            }
            visitor.Pending = null;
        }
    }

    static async Task Webhook(byte[] body, byte[] signed)
    {
        long nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        string signature;
        using (var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(secret)))
            signature = "sha256=" + BitConverter.ToString(hmac.ComputeHash(signed)).Replace("-", "").ToLowerInvariant();
        // WEBHOOK
    }

    static void Show(string dataUri) => Console.WriteLine(dataUri.Substring(0, dataUri.IndexOf(',') + 1));

    static byte[] Given(string name) => Convert.FromBase64String(Environment.GetEnvironmentVariable(name));

    static void Redirect(string link) => Console.WriteLine(link.Substring(0, link.IndexOf('?')));

    static void Keep(byte[] signature) => Console.WriteLine(signature.Length);

    static void SignIn(string secSignId) => Console.WriteLine(secSignId);

    static void Handle(byte[] body) => Console.WriteLine(Encoding.UTF8.GetString(body));
}
