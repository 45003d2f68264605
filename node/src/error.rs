//! Errors as one text, which the shell turns into a `CountermarkError`.
//!
//! A text and not an object, since it also travels in records, where nothing is thrown: throwing costs 9 µs.

use crate::value::Count;
use countermark::{Error, ErrorCode};

/// Stands before every error text, and before nothing else that a call answers.
const MARK: &str = "CM_";

/// Between the parts of the text. What a server stated comes last, since it may hold anything.
const SEPARATOR: char = '\u{1f}';

/// `CM_NAME`, the message, the detail; and of a server's report its error, code and message.
pub(crate) fn text(error: &Error) -> String {
    let mut text = format!("{MARK}{}", error.code().name());
    let mut part = |value: &str| {
        text.push(SEPARATOR);
        text.push_str(value);
    };
    part(&error.to_string());
    part(error.detail());
    if let Some(report) = error.server_report() {
        part(&report.error);
        part(report.code.as_deref().unwrap_or_default());
        part(report.message.as_deref().unwrap_or_default());
    }
    text
}

pub(crate) fn refuse(error: &Error) -> napi::Error {
    napi::Error::from_reason(text(error))
}

/// An argument that is none of the values it may have.
pub(crate) fn invalid(what: &'static str) -> napi::Error {
    refuse(&Error::with_detail(ErrorCode::InvalidInput, what))
}

/// A setting that names nothing it may have.
pub(crate) fn unknown(setting: &'static str) -> napi::Error {
    refuse(&Error::with_detail(ErrorCode::InvalidConfig, setting))
}

/// The row of the error table with this number.
pub(crate) fn error_code(number: Count) -> napi::Result<ErrorCode> {
    ErrorCode::from_number(number.0).ok_or_else(|| invalid("an error number"))
}

pub(crate) trait OrThrow<T> {
    fn or_throw(self) -> napi::Result<T>;
}

impl<T> OrThrow<T> for countermark::Result<T> {
    fn or_throw(self) -> napi::Result<T> {
        self.map_err(|error| refuse(&error))
    }
}
