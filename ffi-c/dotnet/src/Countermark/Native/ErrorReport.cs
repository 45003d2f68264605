namespace Countermark.Native
{
    /// <summary>What an error object of the library says.</summary>
    internal sealed class ErrorReport
    {
        internal ErrorReport(int number, string name, string message, string detail, string publicMessage, string? serverError, string? serverCode, string? serverMessage)
        {
            Number = number;
            Name = name;
            Text = detail.Length == 0 ? message : message + ": " + detail;
            Detail = detail;
            PublicMessage = publicMessage;
            ServerError = serverError;
            ServerCode = serverCode;
            ServerMessage = serverMessage;
        }

        internal int Number { get; }

        internal string Name { get; }

        internal string Text { get; }

        internal string Detail { get; }

        internal string PublicMessage { get; }

        internal string? ServerError { get; }

        internal string? ServerCode { get; }

        internal string? ServerMessage { get; }
    }
}
