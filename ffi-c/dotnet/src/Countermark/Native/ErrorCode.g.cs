// Generated from core/src/error/table.rs by ffi-c/tests/dotnet.rs; do not edit.
namespace Countermark
{
    /// <summary>The rows of the error table. A library that is newer than this package may give numbers that have no name here.</summary>
    public enum ErrorCode
    {
        /// <summary>No error.</summary>
        None = 0,

        /// <summary>an argument is not usable.</summary>
        InvalidInput = 1001,

        /// <summary>the configuration is not usable.</summary>
        InvalidConfig = 1002,

        /// <summary>a secret is empty, too short or cannot be decoded.</summary>
        InvalidSecret = 1003,

        /// <summary>a secret is a published demo value or too short to resist guessing.</summary>
        WeakSecret = 1004,

        /// <summary>no webhook scheme has this id.</summary>
        UnknownScheme = 1005,

        /// <summary>the scheme signs something that was not given.</summary>
        MissingContext = 1006,

        /// <summary>not a SecSign ID.</summary>
        InvalidSecsignId = 1007,

        /// <summary>a server address is not an https origin.</summary>
        InvalidUrl = 1008,

        /// <summary>a test key in production, or a live key in test.</summary>
        WrongEnvironment = 1009,

        /// <summary>not an exact web origin.</summary>
        InvalidOrigin = 1010,

        /// <summary>the call does not fit the state of the object.</summary>
        WrongState = 1011,

        /// <summary>this build or this scheme cannot do that.</summary>
        Unsupported = 1012,

        /// <summary>something read the body before: verify first, or keep the raw bytes.</summary>
        BodyAlreadyRead = 1013,

        /// <summary>no signature fits the content under any key.</summary>
        SignatureMismatch = 2001,

        /// <summary>the signature text is not of the scheme's form.</summary>
        MalformedSignature = 2002,

        /// <summary>no signature of a version that this verifier accepts.</summary>
        NoSupportedSignature = 2003,

        /// <summary>a header that carries the signature is missing.</summary>
        MissingHeader = 2004,

        /// <summary>a header is not of the scheme's form.</summary>
        MalformedHeader = 2005,

        /// <summary>the same thing is given twice with different values.</summary>
        AmbiguousInput = 2006,

        /// <summary>the time is not in the exact form of the scheme.</summary>
        MalformedTimestamp = 2007,

        /// <summary>a required parameter is missing.</summary>
        MissingParameter = 2008,

        /// <summary>the body does not fit its signed hash.</summary>
        BodyHashMismatch = 2009,

        /// <summary>a required field is missing.</summary>
        MissingField = 2010,

        /// <summary>a required field is empty.</summary>
        EmptyField = 2011,

        /// <summary>a field occurs twice.</summary>
        DuplicateField = 2012,

        /// <summary>a field holds a character or form that is not allowed.</summary>
        InvalidField = 2013,

        /// <summary>not valid percent-encoding, base64 or UTF-8.</summary>
        InvalidEncoding = 2014,

        /// <summary>longer than the limit.</summary>
        TooLarge = 2015,

        /// <summary>the message carries a SHA-1 collision attack.</summary>
        CollisionDetected = 2016,

        /// <summary>signed for another tenant.</summary>
        TenantMismatch = 2017,

        /// <summary>signed for another audience.</summary>
        AudienceMismatch = 2018,

        /// <summary>the signed fields do not fit one account of the directory.</summary>
        ProfileMismatch = 2019,

        /// <summary>the body cannot be read as the scheme requires.</summary>
        MalformedBody = 2020,

        /// <summary>authentic, but signed too long ago.</summary>
        TimestampTooOld = 3001,

        /// <summary>authentic, but signed in the future.</summary>
        TimestampTooNew = 3002,

        /// <summary>authentic, but already used.</summary>
        Replayed = 3003,

        /// <summary>the store of used keys is full or out of reach.</summary>
        StoreUnavailable = 3004,

        /// <summary>the session token was not made here, for this visitor and this service.</summary>
        UnknownHandle = 3005,

        /// <summary>the session token has expired.</summary>
        HandleExpired = 3006,

        /// <summary>the approval was already used.</summary>
        AlreadyConsumed = 3007,

        /// <summary>a claim came without a proof that fits.</summary>
        Unverified = 3008,

        /// <summary>an answer to a request that is not pending here.</summary>
        UnknownRequest = 3009,

        /// <summary>the signing session has expired.</summary>
        SessionExpired = 3010,

        /// <summary>the user did not sign.</summary>
        NotSigned = 3011,

        /// <summary>the user denied the login.</summary>
        LoginDenied = 4001,

        /// <summary>the user did not answer in time.</summary>
        LoginExpired = 4002,

        /// <summary>another login for the same SecSign ID suspended this one.</summary>
        LoginSuspended = 4003,

        /// <summary>the login was canceled.</summary>
        LoginCanceled = 4004,

        /// <summary>the session is no longer valid.</summary>
        LoginInvalid = 4005,

        /// <summary>a login for this SecSign ID is already open.</summary>
        Busy = 4006,

        /// <summary>the user has not decided yet.</summary>
        LoginPending = 4007,

        /// <summary>the server's answer is not of the protocol.</summary>
        Protocol = 5001,

        /// <summary>the server answered with an error.</summary>
        ServerError = 5002,

        /// <summary>the server knows no such SecSign ID.</summary>
        UnknownId = 5003,

        /// <summary>the SecSign ID is frozen because of competing logins.</summary>
        Frozen = 5004,

        /// <summary>the server no longer knows the session.</summary>
        SessionGone = 5005,

        /// <summary>another SecSign ID approved than the one asked for.</summary>
        IdentityMismatch = 5006,

        /// <summary>the access pass is not a sound PNG picture.</summary>
        InvalidAccessPass = 5007,

        /// <summary>the server answered with an HTTP status other than 200.</summary>
        HttpStatus = 5008,

        /// <summary>the server answered with a redirect.</summary>
        UnexpectedRedirect = 5009,

        /// <summary>the server's answer is longer than the limit.</summary>
        ResponseTooLarge = 5010,

        /// <summary>the server refused the API key.</summary>
        ApiKeyInvalid = 5011,

        /// <summary>the origin is not on the server's list.</summary>
        DomainNotAllowed = 5012,

        /// <summary>the deep link would show a live key to the client.</summary>
        SecretInDeepLink = 5013,

        /// <summary>the deep link is not the one that was asked for.</summary>
        UnexpectedDeepLink = 5014,

        /// <summary>the server's limit of calls is reached.</summary>
        RateLimited = 5015,

        /// <summary>the server cannot be reached.</summary>
        Network = 6001,

        /// <summary>the server did not answer in time.</summary>
        Timeout = 6002,

        /// <summary>no trusted TLS connection.</summary>
        Tls = 6003,

        /// <summary>a fault inside the library.</summary>
        Internal = 9001,

        /// <summary>the native library and the package are of different versions.</summary>
        AbiMismatch = 9002,

        /// <summary>the native library cannot be loaded.</summary>
        LibraryMissing = 9003,
    }
}

namespace Countermark.Native
{
    internal static class Generated
    {
        internal const uint AbiVersion = 1;
        internal const string AbiMismatch = "the native library and the package are of different versions";
        internal const string LibraryMissing = "the native library cannot be loaded";
        internal const string PublicMessage = "request could not be verified";
    }
}
