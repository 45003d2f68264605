using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;

namespace Countermark.Native
{
    /// <summary>
    /// Memory for the texts and lists of one call, outside the garbage collector, which would leave copies of secrets where it moves
    /// things. A thread uses one block again and again; what does not fit gets a block of its own. All of it is wiped at the end of the call.
    /// </summary>
    internal sealed unsafe class Arena : IDisposable
    {
        private const int BlockBytes = 16 * 1024;

        // The one of this thread. To look it up costs, so it says itself whether it is in use.
        [ThreadStatic]
        private static Arena? own;

        // Zero from `used` on.
        private readonly byte* block;
        private int used;
        private bool isRented;

        /// <summary>Of the same thread: to look two things up would cost twice.</summary>
        internal readonly ResultOwner.Spare Spare = new ResultOwner.Spare();
        private List<KeyValuePair<IntPtr, int>>? more;

        private Arena()
        {
            block = (byte*)Marshal.AllocHGlobal(BlockBytes);
            Wipe(block, BlockBytes);
        }

        ~Arena() => Marshal.FreeHGlobal((IntPtr)block);

        /// <summary>The arena of this thread, until it is disposed of; a further one for a call within a call.</summary>
        internal static Arena Rent()
        {
            Arena rented = own ??= new Arena();
            if (rented.isRented)
            {
                rented = new Arena();
            }
            rented.isRented = true;
            return rented;
        }

        /// <summary>A text; null is the absent one.</summary>
        internal countermark_str Text(string? text)
        {
            countermark_str view;
            Text(text, &view);
            return view;
        }

        /// <summary>A text into its place. What verifies builds no view to copy it: a copy that is wider than what was just written waits until
        /// that has reached the cache.</summary>
        internal void Text(string? text, countermark_str* into)
        {
            if (text == null)
            {
                into->ptr = null;
                into->len = UIntPtr.Zero;
                return;
            }
            int before = used;
            byte* start = Take(Utf8.MaxBytes(text));
            int length = Utf8.Encode(text, start);
            if (start == block + before)
            {
                // The block keeps what was not needed.
                used = before + Room(length);
            }
            into->ptr = start;
            into->len = (UIntPtr)length;
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

        /// <summary>A list of texts, as it is now.</summary>
        internal countermark_str* Texts(IEnumerable<string> texts, out UIntPtr length)
        {
            string[] given = texts.ToArray();
            var views = (countermark_str*)Take(checked(given.Length * sizeof(countermark_str)));
            for (int at = 0; at < given.Length; at++)
            {
                views[at] = Text(given[at]);
            }
            length = (UIntPtr)given.Length;
            return views;
        }

        /// <summary>A list of pairs, as it is now.</summary>
        internal countermark_pair* Pairs(IEnumerable<KeyValuePair<string, string>> pairs, out UIntPtr length)
        {
            KeyValuePair<string, string>[] given = pairs.ToArray();
            var views = (countermark_pair*)Take(checked(given.Length * sizeof(countermark_pair)));
            for (int at = 0; at < given.Length; at++)
            {
                views[at] = new countermark_pair { name = Text(given[at].Key), value = Text(given[at].Value) };
            }
            length = (UIntPtr)given.Length;
            return views;
        }

        /// <summary>Zeroed room for so many bytes.</summary>
        internal byte* Take(int size)
        {
            if (size <= BlockBytes - used - sizeof(ulong))
            {
                byte* start = block + used;
                used += Room(size);
                return start;
            }
            size = Math.Max(size, 1);
            IntPtr extra = Marshal.AllocHGlobal(size);
            Wipe((byte*)extra, size);
            (more ??= new List<KeyValuePair<IntPtr, int>>()).Add(new KeyValuePair<IntPtr, int>(extra, size));
            return (byte*)extra;
        }

        public void Dispose()
        {
            Wipe(block, used);
            used = 0;
            if (more != null)
            {
                foreach (KeyValuePair<IntPtr, int> extra in more)
                {
                    Wipe((byte*)extra.Key, extra.Value);
                    Marshal.FreeHGlobal(extra.Key);
                }
                more = null;
            }
            isRented = false;
        }

        /// <summary>A whole number of words, so that a list may follow.</summary>
        private static int Room(int bytes) => (bytes + sizeof(ulong) - 1) & ~(sizeof(ulong) - 1);

        private static void Wipe(byte* start, int size)
        {
            byte* end = start + size;
            for (; end - start >= sizeof(ulong); start += sizeof(ulong))
            {
                *(ulong*)start = 0;
            }
            for (; start < end; start++)
            {
                *start = 0;
            }
        }
    }
}
