//! Every limit and default of the library, each with its reason. Bindings have no defaults of their own.

/// Longest SecSign ID that is sent. The server's own limit is unpublished; clients cut between 20 and 255.
pub const SECSIGN_ID_MAX: usize = 255;

/// Longest service name or address, in bytes of UTF-8: the server fails on longer ones.
pub const SERVICE_TEXT_MAX: usize = 255;

/// Longest reply of a server that is read. An icon is about 3 KiB of base64.
pub const REPLY_MAX: usize = 64 * 1024;

/// Longest access pass, decoded. A real one is about 2 KiB.
pub const ACCESS_PASS_MAX: usize = 32 * 1024;

/// Widest and highest access pass, in pixels. A real one is 88 by 88.
pub const ACCESS_PASS_MAX_SIDE: u32 = 512;

/// Time to reach a server, in milliseconds.
pub const CONNECT_TIMEOUT_MS: u32 = 5_000;

/// Time for a whole exchange with a server, in milliseconds; the clients of the vendor use 15 s.
pub const TOTAL_TIMEOUT_MS: u32 = 15_000;

/// Life of an AuthSession at the server, in milliseconds.
pub const AUTH_SESSION_LIFE_MS: i64 = 120_000;

/// Longest query string that is verified, in bytes; servers cut request lines at 8 KiB.
pub const QUERY_MAX: usize = 8 * 1024;

/// Oldest accepted signed query, in seconds: the vendor's sample allows 240.
pub const QUERY_MAX_AGE_S: i64 = 240;

/// Most keys in one ring: rotation needs two or three, and every one costs a MAC.
pub const KEYS_MAX: usize = 16;

/// Deepest nesting of JSON that is read. Replies and webhooks nest below ten; recursion must stay bounded.
pub const JSON_DEPTH_MAX: usize = 64;
