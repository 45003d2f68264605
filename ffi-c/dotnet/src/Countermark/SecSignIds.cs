using System;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>The rules of SecSign IDs.</summary>
    public static unsafe class SecSignIds
    {
        /// <summary>Brings an ID into the form that is sent and compared: blanks around it trimmed, ASCII letters lowered.</summary>
        /// <param name="secSignId">What was typed.</param>
        /// <returns>The ID.</returns>
        /// <exception cref="CountermarkException">InvalidSecsignId.</exception>
        public static string Normalize(string secSignId)
        {
            Library.Check();
            using var arena = Arena.Rent();
            countermark_str id = arena.Text(secSignId ?? throw new ArgumentNullException(nameof(secSignId)));
            countermark_bytes* normal;
            countermark_error* error;
            Fault.Check(countermark_normalize_secsign_id(id.ptr, id.len, &normal, &error), error);
            return Owned.Text(normal);
        }
    }
}
