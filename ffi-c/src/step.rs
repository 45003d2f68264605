//! What a step machine wants next, and how the caller reports a failure.

use crate::view::{countermark_pair, countermark_str, pairs};
use countermark::{
    Error, ErrorCode, Result,
    facade::{FailureKind, FailurePhase, HttpRequest, Step},
};

/// Send the request, then report the answer or the failure.
pub const COUNTERMARK_STEP_SEND: i32 = 1;
/// Poll again at `until_ms` or later.
pub const COUNTERMARK_STEP_WAIT: i32 = 2;
/// Read the result.
pub const COUNTERMARK_STEP_DONE: i32 = 3;
/// Take `key` in the store until `until_ms`, then report what the store said. Of any number of callers, one may succeed.
/// How that is done with Redis is in the README of the C library, under "A store that several processes share".
pub const COUNTERMARK_STEP_RESERVE: i32 = 4;
/// Free `key` in the store unless it is committed, then report what the store said.
pub const COUNTERMARK_STEP_RELEASE: i32 = 5;

/// The server did not answer in time.
pub const COUNTERMARK_FAILURE_TIMEOUT: i32 = 1;
/// Name not resolved, connection refused, reset or cut.
pub const COUNTERMARK_FAILURE_UNREACHABLE: i32 = 2;
/// The TLS handshake failed.
pub const COUNTERMARK_FAILURE_TLS: i32 = 3;
/// Certainly no byte of the request reached the server.
pub const COUNTERMARK_PHASE_NOT_SENT: i32 = 1;
/// The server may have seen the request. Say this whenever it is not certain.
pub const COUNTERMARK_PHASE_MAYBE_SENT: i32 = 2;

/// What a login or a SecureSign call wants next. Its views belong to the machine, until its next call.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_step {
    /// `COUNTERMARK_STEP_SEND`, `_WAIT` or `_DONE`; of a login also `_RESERVE` or `_RELEASE`.
    pub kind: i32,
    /// Send: time to reach the server, in milliseconds.
    pub connect_timeout_ms: u32,
    /// Send: time for the whole exchange, in milliseconds.
    pub total_timeout_ms: u32,
    /// Send: longest body of the answer to read; if there is more, feed one byte more than this.
    pub max_reply_bytes: u32,
    /// Wait: the time to poll again. Reserve: until when to keep the key. In Unix milliseconds.
    pub until_ms: i64,
    /// Reserve and release: the key, in ASCII. It holds no handle that could be used.
    pub key: countermark_str,
    /// Send: the method.
    pub method: countermark_str,
    /// Send: the absolute address.
    pub url: countermark_str,
    /// Send: the body, with session handles in it: never log it.
    pub body: countermark_str,
    /// Send: the headers.
    pub headers: *const countermark_pair,
    /// Send: the number of headers.
    pub headers_len: usize,
}

impl countermark_step {
    pub(crate) const EMPTY: Self = Self {
        kind: COUNTERMARK_STEP_DONE,
        connect_timeout_ms: 0,
        total_timeout_ms: 0,
        max_reply_bytes: 0,
        until_ms: 0,
        key: countermark_str::ABSENT,
        method: countermark_str::ABSENT,
        url: countermark_str::ABSENT,
        body: countermark_str::ABSENT,
        headers: std::ptr::null(),
        headers_len: 0,
    };
}

/// What a machine keeps while C looks at it: a request with its headers in C's shape, or a key.
pub(crate) enum Shown {
    Request(HttpRequest, Vec<countermark_pair>),
    Key(String),
}

/// A step in C's shape; `kept` holds what it points to.
pub(crate) fn show(step: Step, kept: &mut Option<Shown>) -> countermark_step {
    match step {
        Step::Send(request) => {
            let headers = pairs(&request.headers);
            kept.insert(Shown::Request(request, headers)).step()
        }
        Step::Reserve { key, until_ms } => countermark_step {
            kind: COUNTERMARK_STEP_RESERVE,
            until_ms,
            ..kept.insert(Shown::Key(key)).step()
        },
        Step::Release { key } => countermark_step {
            kind: COUNTERMARK_STEP_RELEASE,
            ..kept.insert(Shown::Key(key)).step()
        },
        Step::Wait { until_ms } => countermark_step {
            kind: COUNTERMARK_STEP_WAIT,
            until_ms,
            ..countermark_step::EMPTY
        },
        Step::Done => countermark_step::EMPTY,
    }
}

/// A failure of the transport, from C's numbers.
pub(crate) fn failure(kind: i32, phase: i32) -> Result<(FailureKind, FailurePhase)> {
    let unknown =
        || Error::with_detail(ErrorCode::InvalidInput, "no such kind or phase of failure");
    let kind = match kind {
        COUNTERMARK_FAILURE_TIMEOUT => FailureKind::Timeout,
        COUNTERMARK_FAILURE_UNREACHABLE => FailureKind::Unreachable,
        COUNTERMARK_FAILURE_TLS => FailureKind::Tls,
        _ => return Err(unknown()),
    };
    let phase = match phase {
        COUNTERMARK_PHASE_NOT_SENT => FailurePhase::NotSent,
        COUNTERMARK_PHASE_MAYBE_SENT => FailurePhase::MaybeSent,
        _ => return Err(unknown()),
    };
    Ok((kind, phase))
}

impl Shown {
    fn step(&self) -> countermark_step {
        match self {
            Self::Request(request, headers) => countermark_step {
                kind: COUNTERMARK_STEP_SEND,
                connect_timeout_ms: request.connect_timeout_ms,
                total_timeout_ms: request.total_timeout_ms,
                max_reply_bytes: request.max_reply_bytes,
                method: request.method.as_str().into(),
                url: request.url.as_str().into(),
                body: countermark_str::new(&request.body),
                headers: headers.as_ptr(),
                headers_len: headers.len(),
                ..countermark_step::EMPTY
            },
            Self::Key(key) => countermark_step {
                key: key.as_str().into(),
                ..countermark_step::EMPTY
            },
        }
    }
}
