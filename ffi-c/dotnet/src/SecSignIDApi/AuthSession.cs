using System;
using Countermark;

[assembly: CLSCompliant(true)]

namespace SecSignID
{
    /// <summary>A login under way, with the vendor's names. Its request id is a sealed token: it may stand in a hidden field, since one that was
    /// edited, or that was opened for another service, does not open.</summary>
    public sealed class AuthSession
    {
        /// <summary>No state.</summary>
        public const int NOSTATE = 0;

        /// <summary>Waiting for the user.</summary>
        public const int PENDING = 1;

        /// <summary>Not answered in time.</summary>
        public const int EXPIRED = 2;

        /// <summary>Approved by the user.</summary>
        public const int ACCEPTED = 3;

        /// <summary>Refused by the user.</summary>
        public const int DENIED = 4;

        /// <summary>Ended by the server, for example because of another login for the same ID.</summary>
        public const int SUSPENDED = 5;

        /// <summary>As <see cref="SUSPENDED"/>, by its older name.</summary>
        public const int RETRACTED = 5;

        /// <summary>Withdrawn by the service.</summary>
        public const int CANCELED = 6;

        /// <summary>As <see cref="CANCELED"/>, by its older name.</summary>
        public const int WITHDRAWN = 6;

        /// <summary>The phone has loaded the session; waiting for the user.</summary>
        public const int FETCHED = 7;

        /// <summary>Not valid.</summary>
        public const int INVALID = 8;

        private readonly string authSessionID;
        private readonly string requestID;
        private readonly string requestName;
        private readonly string requestAddress;
        private readonly string iconData;
        private string secSignID;

        /// <summary>A session from what a page brought back. Nothing of it is trusted but the request id, which proves itself.</summary>
        /// <param name="secSignID">The SecSign ID.</param>
        /// <param name="authSessionID">The number of the session.</param>
        /// <param name="requestID">The request id.</param>
        /// <param name="requestName">The name of the service, or null.</param>
        /// <param name="requestAddress">The address of the service, or null.</param>
        /// <param name="base64EncodedIconData">The access pass, or null.</param>
        /// <exception cref="ArgumentException">One of the first three is missing.</exception>
        public AuthSession(
            string secSignID, string authSessionID, string requestID, string? requestName, string? requestAddress, string? base64EncodedIconData)
        {
            this.secSignID = Needed(secSignID, nameof(secSignID));
            this.authSessionID = Needed(authSessionID, nameof(authSessionID));
            this.requestID = Needed(requestID, nameof(requestID));
            this.requestName = requestName ?? string.Empty;
            this.requestAddress = requestAddress ?? string.Empty;
            iconData = base64EncodedIconData ?? string.Empty;
        }

        /// <summary>The ID that was asked for; after ACCEPTED the one that the server states. Log in this one.</summary>
        /// <returns>The SecSign ID.</returns>
        public string GetSecSignID() => secSignID;

        /// <summary>The number of the session.</summary>
        /// <returns>A signed 64-bit integer as text.</returns>
        public string GetAuthSessionID() => authSessionID;

        /// <summary>The request id.</summary>
        /// <returns>A sealed token.</returns>
        public string GetRequestID() => requestID;

        /// <summary>The name of the service.</summary>
        /// <returns>The name; empty if it was not given.</returns>
        public string GetRequestingService() => requestName;

        /// <summary>The address of the service.</summary>
        /// <returns>The address; empty if it was not given.</returns>
        public string GetRequestingServiceAddress() => requestAddress;

        /// <summary>The access pass.</summary>
        /// <returns>A PNG in base64; empty if there is none.</returns>
        public string GetIconData() => iconData;

        /// <summary>The service, without anything that opens the session.</summary>
        /// <returns>The text.</returns>
        public override string ToString() => "AuthSession(" + requestName + ", " + requestAddress + ")";

        internal void Authenticated(string serverStatedId) => secSignID = serverStatedId;

        private static string Needed(string value, string name) =>
            string.IsNullOrEmpty(value) ? throw new ArgumentException(ErrorTableMessage(), name) : value;

        private static string ErrorTableMessage() => CountermarkException.Of(ErrorCode.InvalidInput).Message;
    }
}
