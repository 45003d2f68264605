using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>A row of the error table.</summary>
    public sealed class ErrorInfo
    {
        internal ErrorInfo(countermark_error_row row)
        {
            Code = (ErrorCode)row.number;
            Name = Utf8.Text(row.name);
            Group = Utf8.Text(row.group);
            Message = Utf8.Text(row.message);
            Hint = Utf8.Text(row.hint);
            HttpStatus = (int)row.http_status;
            IsRetryable = row.retryable != 0;
            PublicMessage = row.is_public != 0 ? Message : Generated.PublicMessage;
        }

        /// <summary>The stable number.</summary>
        public ErrorCode Code { get; }

        /// <summary>The stable name.</summary>
        public string Name { get; }

        /// <summary>The group: <c>caller</c>, <c>not_authentic</c>, <c>not_acceptable</c>, <c>login_ended</c>, <c>server</c>,
        /// <c>transport</c> or <c>internal</c>.</summary>
        public string Group { get; }

        /// <summary>What happened, for logs.</summary>
        public string Message { get; }

        /// <summary>What to do about it, for the operator.</summary>
        public string Hint { get; }

        /// <summary>The HTTP status that a middleware should answer.</summary>
        public int HttpStatus { get; }

        /// <summary>True if the same call may succeed later without any change.</summary>
        public bool IsRetryable { get; }

        /// <summary>The text that a remote party may see.</summary>
        public string PublicMessage { get; }
    }

    /// <summary>The error table, as the loaded library has it.</summary>
    public static class ErrorTable
    {
        /// <summary>A library that was missing is looked for again: a failure is not kept.</summary>
        private static readonly Lazy<SortedList<int, ErrorInfo>> Loaded = new Lazy<SortedList<int, ErrorInfo>>(Load, LazyThreadSafetyMode.PublicationOnly);

        /// <summary>All rows, in order of number.</summary>
        public static IReadOnlyList<ErrorInfo> Rows => new List<ErrorInfo>(Loaded.Value.Values);

        /// <summary>The row of a code.</summary>
        /// <param name="code">The code.</param>
        /// <param name="row">The row, if there is one.</param>
        /// <returns>False for a number that the library does not know.</returns>
        public static bool TryFind(ErrorCode code, [NotNullWhen(true)] out ErrorInfo? row) => Loaded.Value.TryGetValue((int)code, out row);

        /// <summary>Empty for a number that the library does not know.</summary>
        internal static string Group(ErrorCode code) => TryFind(code, out ErrorInfo? row) ? row.Group : string.Empty;

        internal static ErrorInfo Find(ErrorCode code) => Loaded.Value[(int)code];

        private static unsafe SortedList<int, ErrorInfo> Load()
        {
            Library.Check();
            var rows = new SortedList<int, ErrorInfo>();
            ulong length = (ulong)countermark_error_table_len();
            for (ulong index = 0; index < length; index++)
            {
                countermark_error_row row;
                if (countermark_error_table_row((UIntPtr)index, &row, null) != 0)
                {
                    // An exception of its own error would be looked for in this table.
                    throw new InvalidOperationException();
                }
                rows.Add(row.number, new ErrorInfo(row));
            }
            return rows;
        }
    }
}
