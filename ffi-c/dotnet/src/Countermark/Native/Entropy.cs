using System.Security.Cryptography;

namespace Countermark.Native
{
    /// <summary>Randomness of the operating system.</summary>
    internal static class Entropy
    {
        private static readonly RandomNumberGenerator Source = RandomNumberGenerator.Create();

        internal static byte[] Bytes(int count)
        {
            var bytes = new byte[count];
            Source.GetBytes(bytes);
            return bytes;
        }
    }
}
