//! A request whose body has not come yet.

use super::{Desk, answer, empty, tell};
use crate::output::{say, say_json};
use axum::{http::request::Parts, response::Response};
use bytes::Bytes;
use countermark::ErrorCode;
use http_body_util::LengthLimitError;
use serde_json::json;
use std::mem;

/// One that is given up, as at the end of the command, says so: it was counted.
pub(super) struct Unread<'a> {
    desk: &'a Desk,
    number: u64,
    parts: &'a Parts,
}

impl<'a> Unread<'a> {
    pub(super) fn new(desk: &'a Desk, number: u64, parts: &'a Parts) -> Self {
        Self {
            desk,
            number,
            parts,
        }
    }

    /// Its body has come, and there will be a verdict.
    pub(super) fn read(self, body: Bytes) -> Bytes {
        mem::forget(self);
        body
    }

    /// The answer where the body is too long, or its sender broke off, which nobody will read.
    pub(super) fn refuse(self, error: axum::Error) -> Response {
        let (code, status) = if error.into_inner().is::<LengthLimitError>() {
            (Some(ErrorCode::TooLarge), 413)
        } else {
            (None, 400)
        };
        self.tell(code, "broken off by the sender", Some(status));
        mem::forget(self);
        answer(status, &empty(status))
    }

    fn tell(&self, code: Option<ErrorCode>, otherwise: &str, status: Option<u32>) {
        let (number, method) = (self.number, self.parts.method.as_str());
        let (path, name) = (self.parts.uri.path(), code.map(ErrorCode::name));
        if self.desk.json {
            tell(say_json(&json!({
                "number": number,
                "method": method,
                "path": path,
                "verified": false,
                "error": name,
                "broken_off": name.is_none(),
                "status": status,
            })));
        } else {
            let what = name.map_or(otherwise.to_owned(), |name| format!("refused {name}"));
            let path = path.escape_debug();
            tell(say(format_args!("{number:<4} {method} {path}  {what}")));
        }
    }
}

impl Drop for Unread<'_> {
    fn drop(&mut self) {
        self.tell(None, "broken off before all of it had come", None);
    }
}
