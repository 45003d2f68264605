//! What a step machine asks the caller to send, and how the caller reports a failure.

use crate::{error::ErrorCode, limits};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// A request to send exactly as it stands: no redirects, no cookies, no retries.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// The method, upper case.
    pub method: String,
    /// The absolute address.
    pub url: String,
    /// Headers to send, `Content-Type` among them.
    pub headers: Vec<Header>,
    /// The body. Holds session handles or keys: never log it.
    pub body: Vec<u8>,
    /// Time to reach the server, in milliseconds.
    pub connect_timeout_ms: u32,
    /// Time for the whole exchange, in milliseconds.
    pub total_timeout_ms: u32,
    /// Longest body of the answer to read, in bytes; stop and report `RESPONSE_TOO_LARGE` by feeding one byte more.
    pub max_reply_bytes: u32,
}

/// A header of a request.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

impl HttpRequest {
    /// A POST with the library's time-outs and reply limit.
    pub(crate) fn post(url: String, headers: Vec<Header>, body: Vec<u8>) -> Self {
        Self {
            method: String::from("POST"),
            url,
            headers,
            body,
            connect_timeout_ms: limits::CONNECT_TIMEOUT_MS,
            total_timeout_ms: limits::TOTAL_TIMEOUT_MS,
            max_reply_bytes: limits::REPLY_MAX as u32,
        }
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("body_len", &self.body.len())
            .finish()
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: [redacted]", self.name)
    }
}

/// What went wrong in the transport. Time-outs in connecting are [`FailureKind::Timeout`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// No answer in time.
    Timeout,
    /// Name not resolved, connection refused, reset or cut.
    Unreachable,
    /// The TLS handshake failed: certificate, name, version.
    Tls,
}

impl FailureKind {
    /// What it is called among the errors.
    #[must_use]
    pub fn error_code(self) -> ErrorCode {
        match self {
            Self::Timeout => ErrorCode::Timeout,
            Self::Unreachable => ErrorCode::Network,
            Self::Tls => ErrorCode::Tls,
        }
    }
}

/// How far a failed request had come. Report [`FailurePhase::MaybeSent`] whenever it is not certain: a login that is
/// started twice freezes the user's ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailurePhase {
    /// Certainly no byte of the request reached the server.
    NotSent,
    /// The server may have seen the request.
    MaybeSent,
}
