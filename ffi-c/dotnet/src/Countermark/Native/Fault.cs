using static Countermark.Native.NativeMethods;

namespace Countermark.Native
{
    /// <summary>From the status of a call to an exception.</summary>
    internal static unsafe class Fault
    {
        /// <summary>Throws unless the call succeeded. Frees the error object.</summary>
        internal static void Check(int status, countermark_error* error)
        {
            if (status != 0)
            {
                throw Take(status, error);
            }
        }

        /// <summary>The exception of a status. Frees the error object.</summary>
        internal static CountermarkException Take(int status, countermark_error* error)
        {
            try
            {
                return CountermarkException.Of(new ErrorReport(
                    status,
                    Utf8.Text(countermark_error_name(error)),
                    Utf8.Text(countermark_error_message(error)),
                    Utf8.Text(countermark_error_detail(error)),
                    Utf8.Text(countermark_error_public_message(error)),
                    Utf8.TextOrNull(countermark_error_server_error(error)),
                    Utf8.TextOrNull(countermark_error_server_code(error)),
                    Utf8.TextOrNull(countermark_error_server_message(error))));
            }
            finally
            {
                countermark_error_free(error);
            }
        }

        /// <summary>The code of a status, for calls that answer instead of throwing. Frees the error object.</summary>
        internal static ErrorCode Code(int status, countermark_error* error)
        {
            countermark_error_free(error);
            return (ErrorCode)status;
        }

        /// <summary>An error that the shell states by a row of the table, such as an answer of a store.</summary>
        internal static CountermarkException Of(ErrorCode code, string detail = "")
        {
            ErrorInfo row = ErrorTable.Find(code);
            return CountermarkException.Of(new ErrorReport(
                (int)code, row.Name, row.Message, detail, row.PublicMessage, null, null, null));
        }
    }
}
