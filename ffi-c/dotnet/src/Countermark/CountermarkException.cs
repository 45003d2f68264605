using System;
using System.Runtime.Serialization;
using Countermark.Native;

namespace Countermark
{
    /// <summary>
    /// Why a call failed. The classes below say who is at fault; <see cref="Code"/> says what it is. The message is for logs and holds no
    /// secret; visitors get <see cref="PublicMessage"/>.
    /// </summary>
    [Serializable]
    public class CountermarkException : Exception
    {
        /// <summary>Made from what the library reports.</summary>
        internal CountermarkException(ErrorReport report, Exception? cause = null)
            : base(report.Text, cause)
        {
            Code = (ErrorCode)report.Number;
            Name = report.Name;
            Detail = report.Detail;
            PublicMessage = report.PublicMessage;
        }

        /// <summary>For serializers.</summary>
        /// <param name="info">The stored values.</param>
        /// <param name="context">Where they come from.</param>
        protected CountermarkException(SerializationInfo info, StreamingContext context)
            : base(info, context)
        {
            Code = (ErrorCode)info.GetInt32(nameof(Code));
            Name = info.GetString(nameof(Name)) ?? string.Empty;
            Detail = info.GetString(nameof(Detail)) ?? string.Empty;
            PublicMessage = info.GetString(nameof(PublicMessage)) ?? string.Empty;
        }

        /// <summary>The row of the error table. A number without a name comes from a library that is newer than this package.</summary>
        public ErrorCode Code { get; }

        /// <summary>The number of <see cref="Code"/>.</summary>
        public int Number => (int)Code;

        /// <summary>The stable name, such as <c>SIGNATURE_MISMATCH</c>.</summary>
        public string Name { get; }

        /// <summary>What it is about, such as the name of a field or a header; may be empty.</summary>
        public string Detail { get; }

        /// <summary>The text that a remote party may see.</summary>
        public string PublicMessage { get; }

        /// <summary>True if the same call may succeed later without any change.</summary>
        public bool IsRetryable => HasRow && ErrorTable.TryFind(Code, out ErrorInfo? row) && row.IsRetryable;

        /// <summary>The HTTP status that a middleware should answer.</summary>
        public int HttpStatus => HasRow && ErrorTable.TryFind(Code, out ErrorInfo? row) ? row.HttpStatus : 500;

        /// <summary>Where the library is missing, so is its table: 500, and not retryable, as it says of these errors too.</summary>
        private bool HasRow => !(this is NativeLibraryException);

        /// <inheritdoc/>
        public override void GetObjectData(SerializationInfo info, StreamingContext context)
        {
            base.GetObjectData(info, context);
            info.AddValue(nameof(Code), Number);
            info.AddValue(nameof(Name), Name);
            info.AddValue(nameof(Detail), Detail);
            info.AddValue(nameof(PublicMessage), PublicMessage);
        }

        /// <summary>The exception of a row of the table, for what a store or another part of your site decides, such as Replayed.</summary>
        /// <param name="code">The row.</param>
        /// <returns>The exception, to be thrown.</returns>
        public static CountermarkException Of(ErrorCode code) => Fault.Of(code);

        /// <summary>As <see cref="Of(ErrorCode)"/>, with what it is about.</summary>
        /// <param name="code">The row.</param>
        /// <param name="detail">The name of a setting or a field: no value, since it is logged.</param>
        /// <returns>The exception, to be thrown.</returns>
        public static CountermarkException Of(ErrorCode code, string detail) => Fault.Of(code, detail ?? throw new ArgumentNullException(nameof(detail)));

        /// <summary>By the group that the table of the loaded library says, also of an error that this package has no name for.</summary>
        internal static CountermarkException Of(ErrorReport report)
        {
            var code = (ErrorCode)report.Number;
            if (code == ErrorCode.Replayed || code == ErrorCode.AlreadyConsumed)
            {
                return new ReplayException(report);
            }
            return ErrorTable.Group(code) switch
            {
                "not_authentic" => new VerificationException(report),
                "not_acceptable" => new VerificationException(report),
                "login_ended" => new LoginException(report),
                "server" => new ServerException(report),
                "transport" => new TransportException(report),
                _ => new CountermarkException(report),
            };
        }
    }

    /// <summary>Something is not authentic, or authentic and not acceptable now.</summary>
    [Serializable]
    public class VerificationException : CountermarkException
    {
        internal VerificationException(ErrorReport report) : base(report) { }

        /// <summary>For serializers.</summary>
        /// <param name="info">The stored values.</param>
        /// <param name="context">Where they come from.</param>
        protected VerificationException(SerializationInfo info, StreamingContext context) : base(info, context) { }
    }

    /// <summary>Authentic, but used before.</summary>
    [Serializable]
    public sealed class ReplayException : VerificationException
    {
        internal ReplayException(ErrorReport report) : base(report) { }

        private ReplayException(SerializationInfo info, StreamingContext context) : base(info, context) { }
    }

    /// <summary>A login that is not, or not yet, approved.</summary>
    [Serializable]
    public sealed class LoginException : CountermarkException
    {
        internal LoginException(ErrorReport report) : base(report) { }

        private LoginException(SerializationInfo info, StreamingContext context) : base(info, context) { }
    }

    /// <summary>The server answered with an error, or with something that is not of the protocol.</summary>
    [Serializable]
    public sealed class ServerException : CountermarkException
    {
        internal ServerException(ErrorReport report)
            : base(report)
        {
            ServerError = report.ServerError;
            ServerCode = report.ServerCode;
            ServerMessage = report.ServerMessage;
        }

        private ServerException(SerializationInfo info, StreamingContext context)
            : base(info, context)
        {
            ServerError = info.GetString(nameof(ServerError));
            ServerCode = info.GetString(nameof(ServerCode));
            ServerMessage = info.GetString(nameof(ServerMessage));
        }

        /// <summary>The error value that the server stated; null if it stated none.</summary>
        public string? ServerError { get; }

        /// <summary>The finer code that the server stated; null if it stated none.</summary>
        public string? ServerCode { get; }

        /// <summary>The message that the server stated; null if it stated none. Not trustworthy: encode it before showing it.</summary>
        public string? ServerMessage { get; }

        /// <inheritdoc/>
        public override void GetObjectData(SerializationInfo info, StreamingContext context)
        {
            base.GetObjectData(info, context);
            info.AddValue(nameof(ServerError), ServerError);
            info.AddValue(nameof(ServerCode), ServerCode);
            info.AddValue(nameof(ServerMessage), ServerMessage);
        }
    }

    /// <summary>The server could not be reached, or did not answer.</summary>
    [Serializable]
    public sealed class TransportException : CountermarkException
    {
        internal TransportException(ErrorReport report) : base(report) { }

        private TransportException(SerializationInfo info, StreamingContext context) : base(info, context) { }
    }

    /// <summary>The native library is missing, or of another version than this assembly.</summary>
    [Serializable]
    public sealed class NativeLibraryException : CountermarkException
    {
        internal NativeLibraryException(ErrorCode code, string message, Exception? cause)
            : base(new ErrorReport((int)code, code == ErrorCode.AbiMismatch ? "ABI_MISMATCH" : "LIBRARY_MISSING", message, string.Empty, Generated.PublicMessage, null, null, null), cause)
        {
        }

        private NativeLibraryException(SerializationInfo info, StreamingContext context) : base(info, context) { }
    }
}
