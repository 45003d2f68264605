//! What a login wants next.

use crate::view::{countermark_pair, countermark_str};
use countermark::facade::HttpRequest;

/// Send the request, then report the answer or the failure.
pub const COUNTERMARK_STEP_SEND: i32 = 1;
/// Poll again at `until_ms` or later.
pub const COUNTERMARK_STEP_WAIT: i32 = 2;
/// Read the challenge or the outcome.
pub const COUNTERMARK_STEP_DONE: i32 = 3;

/// What a login wants next. Its views belong to the login, until its next call.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_step {
    /// `COUNTERMARK_STEP_SEND`, `_WAIT` or `_DONE`.
    pub kind: i32,
    /// Send: time to reach the server, in milliseconds.
    pub connect_timeout_ms: u32,
    /// Send: time for the whole exchange, in milliseconds.
    pub total_timeout_ms: u32,
    /// Send: longest body of the answer to read; if there is more, feed one byte more than this.
    pub max_reply_bytes: u32,
    /// Wait: the time to poll again, in Unix milliseconds.
    pub until_ms: i64,
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
    pub(super) const EMPTY: Self = Self {
        kind: COUNTERMARK_STEP_DONE,
        connect_timeout_ms: 0,
        total_timeout_ms: 0,
        max_reply_bytes: 0,
        until_ms: 0,
        method: countermark_str::ABSENT,
        url: countermark_str::ABSENT,
        body: countermark_str::ABSENT,
        headers: std::ptr::null(),
        headers_len: 0,
    };
}

/// A request that the login keeps while C looks at it, with the headers in C's shape.
pub(super) struct Sendable {
    request: Box<HttpRequest>,
    headers: Vec<countermark_pair>,
}

impl Sendable {
    pub(super) fn new(request: HttpRequest) -> Self {
        let request = Box::new(request);
        let headers = request
            .headers
            .iter()
            .map(|header| countermark_pair {
                name: header.name.as_str().into(),
                value: header.value.as_str().into(),
            })
            .collect();
        Self { request, headers }
    }

    pub(super) fn step(&self) -> countermark_step {
        countermark_step {
            kind: COUNTERMARK_STEP_SEND,
            connect_timeout_ms: self.request.connect_timeout_ms,
            total_timeout_ms: self.request.total_timeout_ms,
            max_reply_bytes: self.request.max_reply_bytes,
            until_ms: 0,
            method: self.request.method.as_str().into(),
            url: self.request.url.as_str().into(),
            body: countermark_str::new(&self.request.body),
            headers: self.headers.as_ptr(),
            headers_len: self.headers.len(),
        }
    }
}
