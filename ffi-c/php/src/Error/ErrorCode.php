<?php

// Written by scripts/errors-php from core/src/error/table.rs; do not edit.

declare(strict_types=1);

namespace Countermark\Error;

/** The error table. Numbers and names are the same in every language. */
enum ErrorCode: int
{
    /** an argument is not usable. */
    case InvalidInput = 1001;

    /** the configuration is not usable. */
    case InvalidConfig = 1002;

    /** a secret is empty, too short or cannot be decoded. */
    case InvalidSecret = 1003;

    /** a secret is a published demo value or too short to resist guessing. */
    case WeakSecret = 1004;

    /** no webhook scheme has this id. */
    case UnknownScheme = 1005;

    /** the scheme signs something that was not given. */
    case MissingContext = 1006;

    /** not a SecSign ID. */
    case InvalidSecsignId = 1007;

    /** a server address is not an https origin. */
    case InvalidUrl = 1008;

    /** a test key in production, or a live key in test. */
    case WrongEnvironment = 1009;

    /** not an exact web origin. */
    case InvalidOrigin = 1010;

    /** the call does not fit the state of the object. */
    case WrongState = 1011;

    /** this build or this scheme cannot do that. */
    case Unsupported = 1012;

    /** something read the body before: verify first, or keep the raw bytes. */
    case BodyAlreadyRead = 1013;

    /** no signature fits the content under any key. */
    case SignatureMismatch = 2001;

    /** the signature text is not of the scheme's form. */
    case MalformedSignature = 2002;

    /** no signature of a version that this verifier accepts. */
    case NoSupportedSignature = 2003;

    /** a header that carries the signature is missing. */
    case MissingHeader = 2004;

    /** a header is not of the scheme's form. */
    case MalformedHeader = 2005;

    /** the same thing is given twice with different values. */
    case AmbiguousInput = 2006;

    /** the time is not in the exact form of the scheme. */
    case MalformedTimestamp = 2007;

    /** a required parameter is missing. */
    case MissingParameter = 2008;

    /** the body does not fit its signed hash. */
    case BodyHashMismatch = 2009;

    /** a required field is missing. */
    case MissingField = 2010;

    /** a required field is empty. */
    case EmptyField = 2011;

    /** a field occurs twice. */
    case DuplicateField = 2012;

    /** a field holds a character or form that is not allowed. */
    case InvalidField = 2013;

    /** not valid percent-encoding, base64 or UTF-8. */
    case InvalidEncoding = 2014;

    /** longer than the limit. */
    case TooLarge = 2015;

    /** the message carries a SHA-1 collision attack. */
    case CollisionDetected = 2016;

    /** signed for another tenant. */
    case TenantMismatch = 2017;

    /** signed for another audience. */
    case AudienceMismatch = 2018;

    /** the signed fields do not fit one account of the directory. */
    case ProfileMismatch = 2019;

    /** the body cannot be read as the scheme requires. */
    case MalformedBody = 2020;

    /** authentic, but signed too long ago. */
    case TimestampTooOld = 3001;

    /** authentic, but signed in the future. */
    case TimestampTooNew = 3002;

    /** authentic, but already used. */
    case Replayed = 3003;

    /** the store of used keys is full or out of reach. */
    case StoreUnavailable = 3004;

    /** the session token was not made here, for this visitor and this service. */
    case UnknownHandle = 3005;

    /** the session token has expired. */
    case HandleExpired = 3006;

    /** the approval was already used. */
    case AlreadyConsumed = 3007;

    /** a claim came without a proof that fits. */
    case Unverified = 3008;

    /** an answer to a request that is not pending here. */
    case UnknownRequest = 3009;

    /** the signing session has expired. */
    case SessionExpired = 3010;

    /** the user did not sign. */
    case NotSigned = 3011;

    /** the user denied the login. */
    case LoginDenied = 4001;

    /** the user did not answer in time. */
    case LoginExpired = 4002;

    /** another login for the same SecSign ID suspended this one. */
    case LoginSuspended = 4003;

    /** the login was canceled. */
    case LoginCanceled = 4004;

    /** the session is no longer valid. */
    case LoginInvalid = 4005;

    /** a login for this SecSign ID is already open. */
    case Busy = 4006;

    /** the user has not decided yet. */
    case LoginPending = 4007;

    /** the server's answer is not of the protocol. */
    case Protocol = 5001;

    /** the server answered with an error. */
    case ServerError = 5002;

    /** the server knows no such SecSign ID. */
    case UnknownId = 5003;

    /** the SecSign ID is frozen because of competing logins. */
    case Frozen = 5004;

    /** the server no longer knows the session. */
    case SessionGone = 5005;

    /** another SecSign ID approved than the one asked for. */
    case IdentityMismatch = 5006;

    /** the access pass is not a sound PNG picture. */
    case InvalidAccessPass = 5007;

    /** the server answered with an HTTP status other than 200. */
    case HttpStatus = 5008;

    /** the server answered with a redirect. */
    case UnexpectedRedirect = 5009;

    /** the server's answer is longer than the limit. */
    case ResponseTooLarge = 5010;

    /** the server refused the API key. */
    case ApiKeyInvalid = 5011;

    /** the origin is not on the server's list. */
    case DomainNotAllowed = 5012;

    /** the deep link would show a live key to the client. */
    case SecretInDeepLink = 5013;

    /** the deep link is not the one that was asked for. */
    case UnexpectedDeepLink = 5014;

    /** the server's limit of calls is reached. */
    case RateLimited = 5015;

    /** the server cannot be reached. */
    case Network = 6001;

    /** the server did not answer in time. */
    case Timeout = 6002;

    /** no trusted TLS connection. */
    case Tls = 6003;

    /** a fault inside the library. */
    case Internal = 9001;

    /** the native library and the package are of different versions. */
    case AbiMismatch = 9002;

    /** the native library cannot be loaded. */
    case LibraryMissing = 9003;

    /** The stable name, such as `SIGNATURE_MISMATCH`. */
    public function label(): string
    {
        return $this->row()[0];
    }

    /** The class: `caller`, `not_authentic`, `not_acceptable`, `login_ended`, `server`, `transport` or `internal`. */
    public function group(): string
    {
        return $this->row()[1];
    }

    /** Whether the same call may succeed later without any change. */
    public function isRetryable(): bool
    {
        return $this->row()[2];
    }

    /** The HTTP status that a middleware should answer. */
    public function httpStatus(): int
    {
        return $this->row()[3];
    }

    /** What happened, for logs. */
    public function message(): string
    {
        return $this->row()[5];
    }

    /** What to do about it, for the operator. */
    public function hint(): string
    {
        return $this->row()[6];
    }

    /** The text that a remote party may see. */
    public function publicMessage(): string
    {
        return $this->row()[4] ? $this->message() : 'request could not be verified';
    }

    /** @return array{string, string, bool, int, bool, string, string} */
    private function row(): array
    {
        return match ($this) {
            self::InvalidInput => [
                'INVALID_INPUT',
                'caller',
                false,
                500,
                false,
                'an argument is not usable',
                'see the detail; nothing was sent',
            ],
            self::InvalidConfig => [
                'INVALID_CONFIG',
                'caller',
                false,
                500,
                false,
                'the configuration is not usable',
                'see the detail; mend it before the service starts',
            ],
            self::InvalidSecret => [
                'INVALID_SECRET',
                'caller',
                false,
                500,
                false,
                'a secret is empty, too short or cannot be decoded',
                'check that the whole secret was copied, and its encoding',
            ],
            self::WeakSecret => [
                'WEAK_SECRET',
                'caller',
                false,
                500,
                false,
                'a secret is a published demo value or too short to resist guessing',
                'make a new random secret of at least 128 bit',
            ],
            self::UnknownScheme => [
                'UNKNOWN_SCHEME',
                'caller',
                false,
                500,
                false,
                'no webhook scheme has this id',
                'list the schemes to see the ids',
            ],
            self::MissingContext => [
                'MISSING_CONTEXT',
                'caller',
                false,
                500,
                false,
                'the scheme signs something that was not given',
                'pass the url, method or query that the detail names',
            ],
            self::InvalidSecsignId => [
                'INVALID_SECSIGN_ID',
                'caller',
                false,
                400,
                true,
                'not a SecSign ID',
                'letters, digits, _ @ - and . only, 1 to 255 of them',
            ],
            self::InvalidUrl => [
                'INVALID_URL',
                'caller',
                false,
                500,
                false,
                'a server address is not an https origin',
                'use https://host[:port]; http is for loopback only',
            ],
            self::WrongEnvironment => [
                'WRONG_ENVIRONMENT',
                'caller',
                false,
                500,
                false,
                'a test key in production, or a live key in test',
                'use the key of this environment',
            ],
            self::InvalidOrigin => [
                'INVALID_ORIGIN',
                'caller',
                false,
                400,
                false,
                'not an exact web origin',
                'scheme://host[:port] without path, user or slash',
            ],
            self::WrongState => [
                'WRONG_STATE',
                'caller',
                false,
                500,
                false,
                'the call does not fit the state of the object',
                'follow the order of calls in the documentation',
            ],
            self::Unsupported => [
                'UNSUPPORTED',
                'caller',
                false,
                500,
                false,
                'this build or this scheme cannot do that',
                'see the detail: a feature may be switched off',
            ],
            self::BodyAlreadyRead => [
                'BODY_ALREADY_READ',
                'caller',
                false,
                500,
                false,
                'something read the body before: verify first, or keep the raw bytes',
                'put it before what parses bodies, or let that keep the bytes',
            ],
            self::SignatureMismatch => [
                'SIGNATURE_MISMATCH',
                'not_authentic',
                false,
                401,
                false,
                'no signature fits the content under any key',
                'wrong secret, or the content was changed; use explain',
            ],
            self::MalformedSignature => [
                'MALFORMED_SIGNATURE',
                'not_authentic',
                false,
                401,
                false,
                'the signature text is not of the scheme\'s form',
                'check for a cut or re-encoded header',
            ],
            self::NoSupportedSignature => [
                'NO_SUPPORTED_SIGNATURE',
                'not_authentic',
                false,
                401,
                false,
                'no signature of a version that this verifier accepts',
                'the sender uses another version of the scheme',
            ],
            self::MissingHeader => [
                'MISSING_HEADER',
                'not_authentic',
                false,
                400,
                false,
                'a header that carries the signature is missing',
                'check that the proxy passes it on',
            ],
            self::MalformedHeader => [
                'MALFORMED_HEADER',
                'not_authentic',
                false,
                400,
                false,
                'a header is not of the scheme\'s form',
                'check for a cut or joined header',
            ],
            self::AmbiguousInput => [
                'AMBIGUOUS_INPUT',
                'not_authentic',
                false,
                400,
                false,
                'the same thing is given twice with different values',
                'a proxy or an attacker added a second one',
            ],
            self::MalformedTimestamp => [
                'MALFORMED_TIMESTAMP',
                'not_authentic',
                false,
                400,
                false,
                'the time is not in the exact form of the scheme',
                'only the canonical form is accepted',
            ],
            self::MissingParameter => [
                'MISSING_PARAMETER',
                'not_authentic',
                false,
                400,
                false,
                'a required parameter is missing',
                'see the detail',
            ],
            self::BodyHashMismatch => [
                'BODY_HASH_MISMATCH',
                'not_authentic',
                false,
                401,
                false,
                'the body does not fit its signed hash',
                'pass the raw body bytes',
            ],
            self::MissingField => [
                'MISSING_FIELD',
                'not_authentic',
                false,
                400,
                false,
                'a required field is missing',
                'see the detail',
            ],
            self::EmptyField => [
                'EMPTY_FIELD',
                'not_authentic',
                false,
                400,
                false,
                'a required field is empty',
                'see the detail',
            ],
            self::DuplicateField => [
                'DUPLICATE_FIELD',
                'not_authentic',
                false,
                400,
                false,
                'a field occurs twice',
                'refused: two readers could see two different values',
            ],
            self::InvalidField => [
                'INVALID_FIELD',
                'not_authentic',
                false,
                400,
                false,
                'a field holds a character or form that is not allowed',
                'see the detail',
            ],
            self::InvalidEncoding => [
                'INVALID_ENCODING',
                'not_authentic',
                false,
                400,
                false,
                'not valid percent-encoding, base64 or UTF-8',
                'pass the bytes as they arrived',
            ],
            self::TooLarge => [
                'TOO_LARGE',
                'not_authentic',
                false,
                413,
                false,
                'longer than the limit',
                'see the detail',
            ],
            self::CollisionDetected => [
                'COLLISION_DETECTED',
                'not_authentic',
                false,
                401,
                false,
                'the message carries a SHA-1 collision attack',
                'treat as an attack',
            ],
            self::TenantMismatch => [
                'TENANT_MISMATCH',
                'not_authentic',
                false,
                403,
                false,
                'signed for another tenant',
                'the key or the route belongs to another tenant',
            ],
            self::AudienceMismatch => [
                'AUDIENCE_MISMATCH',
                'not_authentic',
                false,
                403,
                false,
                'signed for another audience',
                'the link was made for another service',
            ],
            self::ProfileMismatch => [
                'PROFILE_MISMATCH',
                'not_authentic',
                false,
                403,
                false,
                'the signed fields do not fit one account of the directory',
                'fields may have been shifted; refuse',
            ],
            self::MalformedBody => [
                'MALFORMED_BODY',
                'not_authentic',
                false,
                400,
                false,
                'the body cannot be read as the scheme requires',
                'pass the raw body bytes',
            ],
            self::TimestampTooOld => [
                'TIMESTAMP_TOO_OLD',
                'not_acceptable',
                false,
                401,
                false,
                'authentic, but signed too long ago',
                'compare the clocks; the sender should send it anew',
            ],
            self::TimestampTooNew => [
                'TIMESTAMP_TOO_NEW',
                'not_acceptable',
                false,
                401,
                false,
                'authentic, but signed in the future',
                'compare the clocks',
            ],
            self::Replayed => [
                'REPLAYED',
                'not_acceptable',
                false,
                409,
                false,
                'authentic, but already used',
                'refused: it was accepted once before',
            ],
            self::StoreUnavailable => [
                'STORE_UNAVAILABLE',
                'not_acceptable',
                true,
                503,
                false,
                'the store of used keys is full or out of reach',
                'refused because a replay cannot be ruled out',
            ],
            self::UnknownHandle => [
                'UNKNOWN_HANDLE',
                'not_acceptable',
                false,
                401,
                false,
                'the session token was not made here, for this visitor and this service',
                'start a new login',
            ],
            self::HandleExpired => [
                'HANDLE_EXPIRED',
                'not_acceptable',
                false,
                401,
                false,
                'the session token has expired',
                'start a new login',
            ],
            self::AlreadyConsumed => [
                'ALREADY_CONSUMED',
                'not_acceptable',
                false,
                409,
                false,
                'the approval was already used',
                'start a new login',
            ],
            self::Unverified => [
                'UNVERIFIED',
                'not_acceptable',
                false,
                401,
                false,
                'a claim came without a proof that fits',
                'do not act on it',
            ],
            self::UnknownRequest => [
                'UNKNOWN_REQUEST',
                'not_acceptable',
                false,
                401,
                false,
                'an answer to a request that is not pending here',
                'start a new request',
            ],
            self::SessionExpired => [
                'SESSION_EXPIRED',
                'not_acceptable',
                false,
                401,
                false,
                'the signing session has expired',
                'start a new signing session',
            ],
            self::NotSigned => [
                'NOT_SIGNED',
                'not_acceptable',
                false,
                403,
                false,
                'the user did not sign',
                'see the server\'s code: whether the user may try again depends on it',
            ],
            self::LoginDenied => [
                'LOGIN_DENIED',
                'login_ended',
                false,
                403,
                true,
                'the user denied the login',
                'let the user start again',
            ],
            self::LoginExpired => [
                'LOGIN_EXPIRED',
                'login_ended',
                false,
                403,
                true,
                'the user did not answer in time',
                'let the user start again',
            ],
            self::LoginSuspended => [
                'LOGIN_SUSPENDED',
                'login_ended',
                false,
                403,
                true,
                'another login for the same SecSign ID suspended this one',
                'let the user start again after a pause',
            ],
            self::LoginCanceled => [
                'LOGIN_CANCELED',
                'login_ended',
                false,
                403,
                true,
                'the login was canceled',
                'let the user start again',
            ],
            self::LoginInvalid => [
                'LOGIN_INVALID',
                'login_ended',
                false,
                403,
                true,
                'the session is no longer valid',
                'let the user start again',
            ],
            self::Busy => [
                'BUSY',
                'login_ended',
                true,
                429,
                true,
                'a login for this SecSign ID is already open',
                'finish or cancel it; a second one could freeze the ID',
            ],
            self::LoginPending => [
                'LOGIN_PENDING',
                'login_ended',
                true,
                403,
                true,
                'the user has not decided yet',
                'ask again later',
            ],
            self::Protocol => [
                'PROTOCOL',
                'server',
                false,
                502,
                false,
                'the server\'s answer is not of the protocol',
                'check the server address, and proxies between',
            ],
            self::ServerError => [
                'SERVER_ERROR',
                'server',
                false,
                502,
                false,
                'the server answered with an error',
                'see the server\'s numbers in the detail',
            ],
            self::UnknownId => [
                'UNKNOWN_ID',
                'server',
                false,
                401,
                false,
                'the server knows no such SecSign ID',
                'answer the visitor as for any failed login',
            ],
            self::Frozen => [
                'FROZEN',
                'server',
                false,
                403,
                true,
                'the SecSign ID is frozen because of competing logins',
                'the user re-activates it in the app',
            ],
            self::SessionGone => [
                'SESSION_GONE',
                'server',
                false,
                401,
                false,
                'the server no longer knows the session',
                'start a new login',
            ],
            self::IdentityMismatch => [
                'IDENTITY_MISMATCH',
                'server',
                false,
                403,
                false,
                'another SecSign ID approved than the one asked for',
                'refuse; allow priority codes only on purpose',
            ],
            self::InvalidAccessPass => [
                'INVALID_ACCESS_PASS',
                'server',
                false,
                502,
                false,
                'the access pass is not a sound PNG picture',
                'check the server address, and proxies between',
            ],
            self::HttpStatus => [
                'HTTP_STATUS',
                'server',
                true,
                502,
                false,
                'the server answered with an HTTP status other than 200',
                'see the detail',
            ],
            self::UnexpectedRedirect => [
                'UNEXPECTED_REDIRECT',
                'server',
                false,
                502,
                false,
                'the server answered with a redirect',
                'redirects are never followed; check the server address',
            ],
            self::ResponseTooLarge => [
                'RESPONSE_TOO_LARGE',
                'server',
                false,
                502,
                false,
                'the server\'s answer is longer than the limit',
                'check the server address',
            ],
            self::ApiKeyInvalid => [
                'API_KEY_INVALID',
                'server',
                false,
                502,
                false,
                'the server refused the API key',
                'check the key in the console',
            ],
            self::DomainNotAllowed => [
                'DOMAIN_NOT_ALLOWED',
                'server',
                false,
                403,
                false,
                'the origin is not on the server\'s list',
                'add the domain in the console',
            ],
            self::SecretInDeepLink => [
                'SECRET_IN_DEEP_LINK',
                'server',
                false,
                502,
                false,
                'the deep link would show a live key to the client',
                'refused; make the link without the key',
            ],
            self::UnexpectedDeepLink => [
                'UNEXPECTED_DEEP_LINK',
                'server',
                false,
                502,
                false,
                'the deep link is not the one that was asked for',
                'check the server address',
            ],
            self::RateLimited => [
                'RATE_LIMITED',
                'server',
                true,
                429,
                false,
                'the server\'s limit of calls is reached',
                'wait, then try again',
            ],
            self::Network => [
                'NETWORK',
                'transport',
                true,
                502,
                false,
                'the server cannot be reached',
                'check name, address and network',
            ],
            self::Timeout => [
                'TIMEOUT',
                'transport',
                true,
                504,
                false,
                'the server did not answer in time',
                'a login that was being started may exist: do not start a second one at once',
            ],
            self::Tls => [
                'TLS',
                'transport',
                false,
                502,
                false,
                'no trusted TLS connection',
                'check the certificate, its name and the configured root certificates',
            ],
            self::Internal => [
                'INTERNAL',
                'internal',
                false,
                500,
                false,
                'a fault inside the library',
                'please report it',
            ],
            self::AbiMismatch => [
                'ABI_MISMATCH',
                'internal',
                false,
                500,
                false,
                'the native library and the package are of different versions',
                'install both from one release',
            ],
            self::LibraryMissing => [
                'LIBRARY_MISSING',
                'internal',
                false,
                500,
                false,
                'the native library cannot be loaded',
                'see the detail for the places that were tried',
            ],
        };
    }
}
