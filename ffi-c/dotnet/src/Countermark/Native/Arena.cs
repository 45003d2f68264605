using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Countermark.Native
{
    /// <summary>
    /// Memory for the texts and lists of one call, outside the garbage collector, which would leave copies of secrets where it moves
    /// things. It is wiped and freed at the end of the call.
    /// </summary>
    internal sealed unsafe class Arena : IDisposable
    {
        private readonly List<KeyValuePair<IntPtr, int>> blocks = new List<KeyValuePair<IntPtr, int>>();

        /// <summary>A text; null is the absent one.</summary>
        internal countermark_str Text(string? text)
        {
            if (text == null)
            {
                return default;
            }
            byte* start = Take(Utf8.MaxBytes(text));
            return new countermark_str { ptr = start, len = (UIntPtr)Utf8.Encode(text, start) };
        }

        /// <summary>Bytes; null are the absent ones.</summary>
        internal countermark_str Bytes(byte[]? bytes)
        {
            if (bytes == null)
            {
                return default;
            }
            byte* start = Take(bytes.Length);
            Marshal.Copy(bytes, 0, (IntPtr)start, bytes.Length);
            return new countermark_str { ptr = start, len = (UIntPtr)bytes.Length };
        }

        /// <summary>A list of texts.</summary>
        internal countermark_str* Texts(IList<string> texts)
        {
            var views = (countermark_str*)Take(texts.Count * sizeof(countermark_str));
            for (int at = 0; at < texts.Count; at++)
            {
                views[at] = Text(texts[at]);
            }
            return views;
        }

        /// <summary>A list of pairs.</summary>
        internal countermark_pair* Pairs(IList<KeyValuePair<string, string>> pairs)
        {
            var views = (countermark_pair*)Take(pairs.Count * sizeof(countermark_pair));
            for (int at = 0; at < pairs.Count; at++)
            {
                views[at] = new countermark_pair { name = Text(pairs[at].Key), value = Text(pairs[at].Value) };
            }
            return views;
        }

        /// <summary>Zeroed room for so many of something.</summary>
        internal byte* Take(int size)
        {
            // One byte at least, since an empty text is not the absent one.
            size = Math.Max(size, 1);
            IntPtr block = Marshal.AllocHGlobal(size);
            blocks.Add(new KeyValuePair<IntPtr, int>(block, size));
            Wipe(block, size);
            return (byte*)block;
        }

        public void Dispose()
        {
            foreach (KeyValuePair<IntPtr, int> block in blocks)
            {
                Wipe(block.Key, block.Value);
                Marshal.FreeHGlobal(block.Key);
            }
            blocks.Clear();
        }

        private static void Wipe(IntPtr block, int size)
        {
            for (int at = 0; at < size; at++)
            {
                ((byte*)block)[at] = 0;
            }
        }
    }
}
