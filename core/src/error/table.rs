//! The one table of errors. Every language's error list is this table.
//!
//! Numbers are never reused: a retired one stays here as a comment. The thousands tell the class:
//! `1xxx` caller mistake, `2xxx` not authentic, `3xxx` authentic but not acceptable now, `4xxx` login ended
//! otherwise, `5xxx` the server answered with an error or nonsense, `6xxx` transport, `9xxx` internal.
//!
//! Messages are lower case without a full stop. Texts of `2xxx` and `3xxx` are for logs only: a remote party gets
//! [`PUBLIC_MESSAGE`], so that an attacker learns nothing from the difference.

use super::Class::{self, *};

/// What a remote party may read when a request was not accepted, whatever the reason.
pub const PUBLIC_MESSAGE: &str = "request could not be verified";

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorInfo {
    /// The stable number, the same in every language.
    pub number: u32,
    /// The stable name, such as `SIGNATURE_MISMATCH`.
    pub name: &'static str,
    /// The group of the number.
    pub class: Class,
    /// Whether the same call may succeed later without any change.
    pub retryable: bool,
    /// The HTTP status that a middleware should answer.
    pub http_status: u16,
    /// Whether `message` may be shown to a remote party.
    pub public: bool,
    /// What happened, for logs.
    pub message: &'static str,
    /// What to do about it, for the operator. Empty in a build without `catalogue`.
    pub hint: &'static str,
}

macro_rules! table {
    ($($variant:ident $number:literal $name:literal $class:ident $retry:literal $http:literal $public:literal
        $message:literal, $hint:literal;)*) => {
        /// The reason of an [`Error`](super::Error): one variant per row of the table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u32)]
        pub enum ErrorCode {
            $(#[doc = concat!("`", $name, "`: ", $message, ".")] $variant = $number,)*
        }

        /// Every row, in order of number.
        pub static ERRORS: &[ErrorInfo] = &[$(ErrorInfo {
            number: $number, name: $name, class: $class, retryable: $retry, http_status: $http, public: $public,
            message: $message, hint: if cfg!(feature = "catalogue") { $hint } else { "" },
        },)*];

        const CODES: &[ErrorCode] = &[$(ErrorCode::$variant,)*];

        impl ErrorCode {
            /// The row of this code.
            #[must_use]
            pub fn info(self) -> &'static ErrorInfo {
                static ROW: &[(u32, usize)] = &{
                    let mut rows = [(0_u32, 0_usize); CODES.len()];
                    let mut i = 0;
                    while i < CODES.len() { rows[i] = (CODES[i] as u32, i); i += 1; }
                    rows
                };
                let at = ROW.binary_search_by_key(&(self as u32), |row| row.0).unwrap_or(0);
                &ERRORS[ROW[at].1]
            }
        }
    };
}

//  variant               number name                    class      retry http public  message, hint
table! {
    InvalidInput           1001 "INVALID_INPUT"           Caller      false 500 false
        "an argument is not usable", "see the detail; nothing was sent";
    InvalidConfig          1002 "INVALID_CONFIG"          Caller      false 500 false
        "the configuration is not usable", "see the detail; mend it before the service starts";
    InvalidSecret          1003 "INVALID_SECRET"          Caller      false 500 false
        "a secret is empty, too short or cannot be decoded", "check that the whole secret was copied, and its encoding";
    WeakSecret             1004 "WEAK_SECRET"             Caller      false 500 false
        "a secret is a published demo value or too short to resist guessing", "make a new random secret of at least 128 bit";
    UnknownScheme          1005 "UNKNOWN_SCHEME"          Caller      false 500 false
        "no webhook scheme has this id", "list the schemes to see the ids";
    MissingContext         1006 "MISSING_CONTEXT"         Caller      false 500 false
        "the scheme signs something that was not given", "pass the url, method or query that the detail names";
    InvalidSecsignId       1007 "INVALID_SECSIGN_ID"      Caller      false 400 true
        "not a SecSign ID", "letters, digits, _ @ - and . only, 1 to 255 of them";
    InvalidUrl             1008 "INVALID_URL"             Caller      false 500 false
        "a server address is not an https origin", "use https://host[:port]; http is for loopback only";
    WrongEnvironment       1009 "WRONG_ENVIRONMENT"       Caller      false 500 false
        "a test key in production, or a live key in test", "use the key of this environment";
    InvalidOrigin          1010 "INVALID_ORIGIN"          Caller      false 400 false
        "not an exact web origin", "scheme://host[:port] without path, user or slash";
    WrongState             1011 "WRONG_STATE"             Caller      false 500 false
        "the call does not fit the state of the object", "follow the order of calls in the documentation";
    Unsupported            1012 "UNSUPPORTED"             Caller      false 500 false
        "this build or this scheme cannot do that", "see the detail: a feature may be switched off";
    BodyAlreadyRead        1013 "BODY_ALREADY_READ"       Caller      false 500 false
        "something read the body before: verify first, or keep the raw bytes", "put it before what parses bodies, or let that keep the bytes";
    SignatureMismatch      2001 "SIGNATURE_MISMATCH"      NotAuthentic false 401 false
        "no signature fits the content under any key", "wrong secret, or the content was changed; use explain";
    MalformedSignature     2002 "MALFORMED_SIGNATURE"     NotAuthentic false 401 false
        "the signature text is not of the scheme's form", "check for a cut or re-encoded header";
    NoSupportedSignature   2003 "NO_SUPPORTED_SIGNATURE"  NotAuthentic false 401 false
        "no signature of a version that this verifier accepts", "the sender uses another version of the scheme";
    MissingHeader          2004 "MISSING_HEADER"          NotAuthentic false 400 false
        "a header that carries the signature is missing", "check that the proxy passes it on";
    MalformedHeader        2005 "MALFORMED_HEADER"        NotAuthentic false 400 false
        "a header is not of the scheme's form", "check for a cut or joined header";
    AmbiguousInput         2006 "AMBIGUOUS_INPUT"         NotAuthentic false 400 false
        "the same thing is given twice with different values", "a proxy or an attacker added a second one";
    MalformedTimestamp     2007 "MALFORMED_TIMESTAMP"     NotAuthentic false 400 false
        "the time is not in the exact form of the scheme", "only the canonical form is accepted";
    MissingParameter       2008 "MISSING_PARAMETER"       NotAuthentic false 400 false
        "a required parameter is missing", "see the detail";
    BodyHashMismatch       2009 "BODY_HASH_MISMATCH"      NotAuthentic false 401 false
        "the body does not fit its signed hash", "pass the raw body bytes";
    MissingField           2010 "MISSING_FIELD"           NotAuthentic false 400 false
        "a required field is missing", "see the detail";
    EmptyField             2011 "EMPTY_FIELD"             NotAuthentic false 400 false
        "a required field is empty", "see the detail";
    DuplicateField         2012 "DUPLICATE_FIELD"         NotAuthentic false 400 false
        "a field occurs twice", "refused: two readers could see two different values";
    InvalidField           2013 "INVALID_FIELD"           NotAuthentic false 400 false
        "a field holds a character or form that is not allowed", "see the detail";
    InvalidEncoding        2014 "INVALID_ENCODING"        NotAuthentic false 400 false
        "not valid percent-encoding, base64 or UTF-8", "pass the bytes as they arrived";
    TooLarge               2015 "TOO_LARGE"               NotAuthentic false 413 false
        "longer than the limit", "see the detail";
    CollisionDetected      2016 "COLLISION_DETECTED"      NotAuthentic false 401 false
        "the message carries a SHA-1 collision attack", "treat as an attack";
    TenantMismatch         2017 "TENANT_MISMATCH"         NotAuthentic false 403 false
        "signed for another tenant", "the key or the route belongs to another tenant";
    AudienceMismatch       2018 "AUDIENCE_MISMATCH"       NotAuthentic false 403 false
        "signed for another audience", "the link was made for another service";
    ProfileMismatch        2019 "PROFILE_MISMATCH"        NotAuthentic false 403 false
        "the signed fields do not fit one account of the directory", "fields may have been shifted; refuse";
    MalformedBody          2020 "MALFORMED_BODY"          NotAuthentic false 400 false
        "the body cannot be read as the scheme requires", "pass the raw body bytes";
    TimestampTooOld        3001 "TIMESTAMP_TOO_OLD"       NotAcceptable false 401 false
        "authentic, but signed too long ago", "compare the clocks; the sender should send it anew";
    TimestampTooNew        3002 "TIMESTAMP_TOO_NEW"       NotAcceptable false 401 false
        "authentic, but signed in the future", "compare the clocks";
    Replayed               3003 "REPLAYED"                NotAcceptable false 409 false
        "authentic, but already used", "refused: it was accepted once before";
    StoreUnavailable       3004 "STORE_UNAVAILABLE"       NotAcceptable true 503 false
        "the store of used keys is full or out of reach", "refused because a replay cannot be ruled out";
    UnknownHandle          3005 "UNKNOWN_HANDLE"          NotAcceptable false 401 false
        "the session token was not made here, for this visitor and this service", "start a new login";
    HandleExpired          3006 "HANDLE_EXPIRED"          NotAcceptable false 401 false
        "the session token has expired", "start a new login";
    AlreadyConsumed        3007 "ALREADY_CONSUMED"        NotAcceptable false 409 false
        "the approval was already used", "start a new login";
    Unverified             3008 "UNVERIFIED"              NotAcceptable false 401 false
        "a claim came without a proof that fits", "do not act on it";
    UnknownRequest         3009 "UNKNOWN_REQUEST"         NotAcceptable false 401 false
        "an answer to a request that is not pending here", "start a new request";
    SessionExpired         3010 "SESSION_EXPIRED"         NotAcceptable false 401 false
        "the signing session has expired", "start a new signing session";
    NotSigned              3011 "NOT_SIGNED"              NotAcceptable false 403 false
        "the user did not sign", "see the server's code: whether the user may try again depends on it";
    LoginDenied            4001 "LOGIN_DENIED"            LoginEnded  false 403 true
        "the user denied the login", "let the user start again";
    LoginExpired           4002 "LOGIN_EXPIRED"           LoginEnded  false 403 true
        "the user did not answer in time", "let the user start again";
    LoginSuspended         4003 "LOGIN_SUSPENDED"         LoginEnded  false 403 true
        "another login for the same SecSign ID suspended this one", "let the user start again after a pause";
    LoginCanceled          4004 "LOGIN_CANCELED"          LoginEnded  false 403 true
        "the login was canceled", "let the user start again";
    LoginInvalid           4005 "LOGIN_INVALID"           LoginEnded  false 403 true
        "the session is no longer valid", "let the user start again";
    Busy                   4006 "BUSY"                    LoginEnded  true 429 true
        "a login for this SecSign ID is already open", "finish or cancel it; a second one could freeze the ID";
    LoginPending           4007 "LOGIN_PENDING"           LoginEnded  true 403 true
        "the user has not decided yet", "ask again later";
    Protocol               5001 "PROTOCOL"                Server      false 502 false
        "the server's answer is not of the protocol", "check the server address, and proxies between";
    ServerError            5002 "SERVER_ERROR"            Server      false 502 false
        "the server answered with an error", "see the server's numbers in the detail";
    UnknownId              5003 "UNKNOWN_ID"              Server      false 401 false
        "the server knows no such SecSign ID", "answer the visitor as for any failed login";
    Frozen                 5004 "FROZEN"                  Server      false 403 true
        "the SecSign ID is frozen because of competing logins", "the user re-activates it in the app";
    SessionGone            5005 "SESSION_GONE"            Server      false 401 false
        "the server no longer knows the session", "start a new login";
    IdentityMismatch       5006 "IDENTITY_MISMATCH"       Server      false 403 false
        "another SecSign ID approved than the one asked for", "refuse; allow priority codes only on purpose";
    InvalidAccessPass      5007 "INVALID_ACCESS_PASS"     Server      false 502 false
        "the access pass is not a sound PNG picture", "check the server address, and proxies between";
    HttpStatus             5008 "HTTP_STATUS"             Server      true 502 false
        "the server answered with an HTTP status other than 200", "see the detail";
    UnexpectedRedirect     5009 "UNEXPECTED_REDIRECT"     Server      false 502 false
        "the server answered with a redirect", "redirects are never followed; check the server address";
    ResponseTooLarge       5010 "RESPONSE_TOO_LARGE"      Server      false 502 false
        "the server's answer is longer than the limit", "check the server address";
    ApiKeyInvalid          5011 "API_KEY_INVALID"         Server      false 502 false
        "the server refused the API key", "check the key in the console";
    DomainNotAllowed       5012 "DOMAIN_NOT_ALLOWED"      Server      false 403 false
        "the origin is not on the server's list", "add the domain in the console";
    SecretInDeepLink       5013 "SECRET_IN_DEEP_LINK"     Server      false 502 false
        "the deep link would show a live key to the client", "refused; make the link without the key";
    UnexpectedDeepLink     5014 "UNEXPECTED_DEEP_LINK"    Server      false 502 false
        "the deep link is not the one that was asked for", "check the server address";
    RateLimited            5015 "RATE_LIMITED"            Server      true 429 false
        "the server's limit of calls is reached", "wait, then try again";
    Network                6001 "NETWORK"                 Transport   true 502 false
        "the server cannot be reached", "check name, address and network";
    Timeout                6002 "TIMEOUT"                 Transport   true 504 false
        "the server did not answer in time", "a login that was being started may exist: do not start a second one at once";
    Tls                    6003 "TLS"                     Transport   false 502 false
        "no trusted TLS connection", "check the certificate, its name and the configured root certificates";
    Internal               9001 "INTERNAL"                Internal    false 500 false
        "a fault inside the library", "please report it";
    AbiMismatch            9002 "ABI_MISMATCH"            Internal    false 500 false
        "the native library and the package are of different versions", "install both from one release";
    LibraryMissing         9003 "LIBRARY_MISSING"         Internal    false 500 false
        "the native library cannot be loaded", "see the detail for the places that were tried";
}

impl ErrorCode {
    /// The code with this number, if the table has it.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        CODES.iter().copied().find(|code| *code as u32 == number)
    }

    /// The stable number.
    #[must_use]
    pub fn number(self) -> u32 {
        self as u32
    }

    /// The stable name, such as `SIGNATURE_MISMATCH`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.info().name
    }
}
