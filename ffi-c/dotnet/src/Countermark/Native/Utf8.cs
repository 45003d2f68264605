using System;
using System.Collections.Generic;
using System.Text;

namespace Countermark.Native
{
    /// <summary>UTF-16 to UTF-8 and back, without the runtime's marshaller.</summary>
    internal static unsafe class Utf8
    {
        /// <summary>The most bytes that a text can need.</summary>
        internal static int MaxBytes(string text) => checked(text.Length * 3);

        /// <summary>
        /// Writes a text, and gives the number of bytes. A surrogate without its half becomes the three bytes that UTF-8 forbids, so that
        /// the library refuses the text: the runtime's encoder would put a replacement there, which is another text.
        /// </summary>
        internal static int Encode(string text, byte* into)
        {
            fixed (char* start = text)
            {
                char* from = start;
                char* end = start + text.Length;
                byte* to = into;
                // Eight characters at once, as long as all of them are ASCII.
                while (end - from >= 8)
                {
                    ulong low = *(ulong*)from, high = *(ulong*)(from + 4);
                    if (((low | high) & 0xFF80_FF80_FF80_FF80) != 0)
                    {
                        break;
                    }
                    low |= low >> 8;
                    high |= high >> 8;
                    *(ulong*)to = (low & 0xFFFF) | ((low >> 16) & 0xFFFF_0000) | ((high & 0xFFFF) << 32) | ((high << 16) & 0xFFFF_0000_0000_0000);
                    from += 8;
                    to += 8;
                }
                while (from < end && *from < 0x80)
                {
                    *to++ = (byte)*from++;
                }
                return (int)((from < end ? EncodeRest(from, end, to) : to) - into);
            }
        }

        /// <summary>The text of a view; null if it is absent.</summary>
        internal static string? TextOrNull(countermark_str view) =>
            view.ptr == null ? null : Encoding.UTF8.GetString(view.ptr, checked((int)view.len));

        /// <summary>The text of a view that is never absent.</summary>
        internal static string Text(countermark_str view) => TextOrNull(view) ?? string.Empty;

        /// <summary>A copy of the bytes of a view; null if it is absent.</summary>
        internal static byte[]? BytesOrNull(countermark_str view)
        {
            if (view.ptr == null)
            {
                return null;
            }
            var bytes = new byte[checked((int)view.len)];
            fixed (byte* to = bytes)
            {
                Buffer.MemoryCopy(view.ptr, to, bytes.Length, bytes.Length);
            }
            return bytes;
        }

        /// <summary>A copy of a list of texts.</summary>
        internal static IReadOnlyList<string> Texts(countermark_str* start, UIntPtr length)
        {
            var texts = new string[(int)length];
            for (int at = 0; at < texts.Length; at++)
            {
                texts[at] = Text(start[at]);
            }
            return texts;
        }

        /// <summary>A copy of a list of pairs.</summary>
        internal static IReadOnlyList<KeyValuePair<string, string>> Pairs(countermark_pair* start, UIntPtr length)
        {
            var pairs = new KeyValuePair<string, string>[(int)length];
            for (int at = 0; at < pairs.Length; at++)
            {
                pairs[at] = new KeyValuePair<string, string>(Text(start[at].name), Text(start[at].value));
            }
            return pairs;
        }

        private static byte* EncodeRest(char* from, char* end, byte* to)
        {
            while (from < end)
            {
                to = EncodeOne(ref from, end, to);
            }
            return to;
        }

        private static byte* EncodeOne(ref char* from, char* end, byte* to)
        {
            uint code = *from++;
            if (code < 0x80)
            {
                *to++ = (byte)code;
                return to;
            }
            if (code < 0x800)
            {
                *to++ = (byte)(0xC0 | (code >> 6));
                *to++ = (byte)(0x80 | (code & 0x3F));
                return to;
            }
            if (char.IsHighSurrogate((char)code) && from < end && char.IsLowSurrogate(*from))
            {
                code = (uint)char.ConvertToUtf32((char)code, *from++);
                *to++ = (byte)(0xF0 | (code >> 18));
                *to++ = (byte)(0x80 | ((code >> 12) & 0x3F));
            }
            else
            {
                *to++ = (byte)(0xE0 | (code >> 12));
            }
            *to++ = (byte)(0x80 | ((code >> 6) & 0x3F));
            *to++ = (byte)(0x80 | (code & 0x3F));
            return to;
        }
    }
}
