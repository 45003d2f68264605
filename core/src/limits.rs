//! Every limit and default of the library, each with its reason. Bindings have no defaults of their own.

// Rings of keys, and JSON.

/// Most keys in one ring: rotation needs two or three, and every one costs a MAC.
pub const KEYS_MAX: usize = 16;

/// Deepest nesting of JSON that is read. Replies and webhooks nest below ten; recursion must stay bounded.
pub const JSON_DEPTH_MAX: usize = 64;

/// Most values of one JSON text: each takes some 50 bytes, also a `0` that with its comma takes two. Webhooks have some thousands.
pub const JSON_VALUES_MAX: u32 = 256 * 1024;

// Logins: texts that are sent.

/// Longest SecSign ID that is sent. The server's own limit is unpublished; clients cut between 20 and 255.
pub const SECSIGN_ID_MAX: usize = 255;

/// Longest service name or address, in bytes of UTF-8: the server fails on longer ones.
pub const SERVICE_TEXT_MAX: usize = 255;

/// Longest value of the field `apimethod`.
pub const API_METHOD_MAX: usize = 64;

/// Longest URL that is taken into a deep link or returned to, in bytes.
pub const RETURN_URL_MAX: usize = 2_048;

/// Longest scheme of a phone app's deep link.
pub const APP_SCHEME_MAX: usize = 100;

/// Longest sealed token: a session with every text at its longest takes 2 KiB.
pub const SEALED_TOKEN_MAX: usize = 4 * 1024;

// Logins: replies of the server.

/// Longest reply of a server that is read. An icon is about 3 KiB of base64.
pub const REPLY_MAX: usize = 64 * 1024;

/// Most fields of one reply: the protocol knows ten, and a message or two may come to them.
pub const REPLY_FIELDS_MAX: usize = 32;

/// Longest name of a field, in bytes: the longest known one has 19.
pub const REPLY_KEY_MAX: usize = 64;

/// Longest request id: 64 hex digits in all published samples.
pub const REQUEST_ID_MAX: usize = 128;

/// Longest text of a server that an error report keeps, in characters.
pub const SERVER_TEXT_MAX: usize = 500;

/// Longest access pass, decoded. A real one is about 2 KiB.
pub const ACCESS_PASS_MAX: usize = 32 * 1024;

/// Widest and highest access pass, in pixels. A real one is 88 by 88.
pub const ACCESS_PASS_MAX_SIDE: u32 = 512;

// Logins: times.

/// Time to reach a server, in milliseconds.
pub const CONNECT_TIMEOUT_MS: u32 = 5_000;

/// Time for a whole exchange with a server, in milliseconds; the clients of the vendor use 15 s.
pub const TOTAL_TIMEOUT_MS: u32 = 15_000;

/// The longest time-out of a login, in milliseconds, some 25 days: the timers of browsers and of .NET count no further.
pub const TIMEOUT_MAX_MS: u32 = i32::MAX as u32;

/// Life of an AuthSession at the server, in milliseconds.
pub const AUTH_SESSION_LIFE_MS: i64 = 120_000;

/// Difference of clocks, and travelling time, that is allowed for at the end of an AuthSession, in milliseconds.
pub const CLOCK_SKEW_MS: i64 = 5_000;

/// How long after its start an AuthSession is asked for at all, in milliseconds. An approval stays readable for a while; the
/// vendor publishes no figure, so it is given the life of a session once more. Later, the answer is "expired" without asking.
pub const AUTH_SESSION_USABLE_MS: i64 = 2 * AUTH_SESSION_LIFE_MS + CLOCK_SKEW_MS;

/// How long a store remembers that an approval was used, in milliseconds: longer than a session can be asked for, on clocks that
/// differ by the skew in either direction.
pub const APPROVAL_ONCE_TTL_MS: i64 = 300_000;

/// How long a store holds a SecSign ID as being logged in, in milliseconds: the life of a session, and 20 seconds in which its end is heard of
/// and the ID can be freed. The time that a start may take comes to it, since the session may be opened as late as that.
pub const IN_FLIGHT_TTL_MS: i64 = AUTH_SESSION_LIFE_MS + 20_000;

/// Pause between two questions for the state, in milliseconds; clients of the vendor use 0.5 to 10 s.
pub const POLL_INTERVAL_MS: i64 = 2_000;

/// Widest addition to the pause, in milliseconds, so that many sessions do not ask in step.
pub const POLL_JITTER_MS: u32 = 500;

/// Most questions for the state in one wait: the life of a session, every two seconds.
pub const POLL_REQUESTS_MAX: u32 = 60;

/// Failures in a row after which a wait gives up: with the growing pauses, a server that restarts is survived.
pub const POLL_FAILURES_MAX: u32 = 4;

// Signed queries.

/// Longest query string that is verified, in bytes; servers cut request lines at 8 KiB.
pub const QUERY_MAX: usize = 8 * 1024;

/// Oldest accepted signed query, in seconds: the vendor's sample allows 240.
pub const QUERY_MAX_AGE_S: i64 = 240;

/// How far ahead the time of a signed query may lie, in seconds: clocks that differ, not a longer life for the link.
pub const QUERY_MAX_FUTURE_S: i64 = 60;

/// Widest window of a signed query, in seconds: one day. Replay keys are kept that long.
pub const QUERY_WINDOW_MAX_S: i64 = 86_400;

/// Longest name or email of a OneLogin query, in bytes: mail allows 254.
pub const QUERY_FIELD_MAX: usize = 255;

/// Most fields of one signed query.
pub const QUERY_FIELDS_MAX: usize = 32;

/// Longest name of a field of a signed query.
pub const QUERY_FIELD_NAME_MAX: usize = 64;

/// Shortest secret for signed queries, in bytes: whoever has one link can guess the secret without asking anybody.
pub const QUERY_SECRET_MIN: usize = 20;

// Webhooks.

/// Longest webhook body unless told otherwise, in bytes: the largest that a known sender (GitHub) states.
pub const WEBHOOK_BODY_MAX: u32 = 25 * 1024 * 1024;

/// Oldest and newest accepted webhook, in seconds, where the sender states nothing: what Standard Webhooks libraries use.
pub const WEBHOOK_MAX_AGE_S: u32 = 300;

/// Most elements of all signature headers of a request: a rotation needs two or three, and each is compared with every key.
pub const WEBHOOK_SIGNATURES_MAX: usize = 16;

/// Most signatures of a request that public keys are tried with: a sender signs with each key that it still has, of which a rotation has two
/// or three. Each is one more pass over a body that may be long, before anybody knows who sent it.
pub const WEBHOOK_PUBLIC_SIGNATURES_MAX: usize = 6;

/// Longest text of one signature, in bytes: an RSA signature of 4096 bit is 684 characters of base64.
pub const WEBHOOK_SIGNATURE_MAX: usize = 2048;

/// Most parameters of a query or form: what PHP reads by default, and no sender comes near.
pub const WEBHOOK_PARAMETERS_MAX: usize = 1000;

/// Most parts of the signed bytes of a scheme: those of the table have up to seven.
pub const WEBHOOK_PARTS_MAX: usize = 16;

/// Most items of an Adyen notification: the vendor states six.
pub const WEBHOOK_ITEMS_MAX: usize = 64;

/// Longest message id, in bytes: ids of known senders have 20 to 64.
pub const WEBHOOK_ID_MAX: usize = 256;

/// Shortest `whsec_` secret, in bytes: 128 bit. The specification asks senders for 24.
pub const WHSEC_MIN: usize = 16;

/// Smallest RSA modulus that is accepted, in bytes: 2048 bit, the floor of NIST SP 800-131A and of the CA rules.
pub const RSA_MODULUS_MIN: usize = 256;

/// Longest body that is looked at for a handshake, in bytes; a real one is below 1 KiB.
pub const HANDSHAKE_BODY_MAX: usize = 16 * 1024;

/// Longest challenge of a handshake, in bytes; real ones have 10 to 100.
pub const HANDSHAKE_TOKEN_MAX: usize = 512;

// SecureSign.

/// Longest SecureSign API key, in bytes; the vendor's examples have about 20.
pub const SECURESIGN_KEY_MAX: usize = 256;

/// Longest callback URL or deep link of SecureSign, in bytes. Android and iOS hand longer ones on unreliably.
pub const SECURESIGN_URL_MAX: usize = 4 * 1024;

/// Longest request id, session id or tenant id of SecureSign, in bytes; the vendor's examples have about 10.
pub const SECURESIGN_ID_MAX: usize = 128;

/// Widest skew of clocks that may be configured for a SecureSign session, in seconds.
pub const SECURESIGN_SKEW_MAX_S: u32 = 60;

/// Idle time after which SecureSign asks for the PIN again, in milliseconds: the product's default of 15 minutes.
pub const SECURESIGN_PIN_IDLE_MS: u32 = 15 * 60_000;

// Explanations, and tools that look at one request.

/// Most bytes that are hashed for one explanation; about a second of work, and some more for what is rewritten.
pub const EXPLAIN_WORK_MAX: u64 = 256 * 1024 * 1024;

/// Longest body, in bytes, that is rewritten as JSON for an explanation: indents can make it a hundred times longer.
pub const EXPLAIN_JSON_MAX: usize = 256 * 1024;

/// Most pieces of one secret that are tried for an explanation, if it is a file with the secret in it.
pub const EXPLAIN_PIECES_MAX: usize = 64;

/// Longest saved request that is read, in bytes: the longest webhook body, and as much head as servers take.
pub const INSPECT_SAVED_MAX: usize = WEBHOOK_BODY_MAX as usize + 64 * 1024;

/// Most headers of a saved request: servers take about a hundred.
pub const INSPECT_HEADERS_MAX: usize = 1000;

/// Most schemes under which a request of unknown kind is explained: a header is shared by five at most.
pub const INSPECT_TRIED_MAX: usize = 12;

// Stores.

/// Keys that a replay memory holds unless told otherwise: 400 verified messages a second for the 240 s of a query.
pub const REPLAY_MEMORY_MAX: u32 = 100_000;

/// How long a store may take to accept a connection, in milliseconds.
pub const STORE_CONNECT_TIMEOUT_MS: u64 = 2_000;

/// How long a store may take to answer, in milliseconds.
pub const STORE_REPLY_TIMEOUT_MS: u64 = 2_000;
