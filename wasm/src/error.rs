//! Errors as one text, which the shell turns into a `CountermarkError`.

use countermark::{Error, ErrorCode};
use wasm_bindgen::JsValue;

pub(crate) type Result<T> = std::result::Result<T, JsValue>;

/// Stands before every error text.
const MARK: &str = "CM_";

/// Between the parts of the text. What a server stated comes last, since it may hold anything.
const SEPARATOR: char = '\u{1f}';

/// `CM_NAME`, nothing in place of the message, which the shell has in its table, and the detail; and of a server's report its error, code
/// and message.
pub(crate) fn text(error: &Error) -> String {
    let mut text = String::from(MARK);
    text.push_str(error.code().name());
    let mut part = |value: &str| {
        text.push(SEPARATOR);
        text.push_str(value);
    };
    part("");
    part(error.detail());
    if let Some(report) = error.server_report() {
        part(&report.error);
        part(report.code.as_deref().unwrap_or_default());
        part(report.message.as_deref().unwrap_or_default());
    }
    text
}

#[inline(never)]
pub(crate) fn refuse(error: &Error) -> JsValue {
    js_sys::Error::new(&text(error)).into()
}

/// An argument that is none of the values it may have.
#[inline(never)]
pub(crate) fn invalid(what: &'static str) -> JsValue {
    refuse(&Error::with_detail(ErrorCode::InvalidInput, what))
}

/// A setting that names nothing it may have.
#[inline(never)]
pub(crate) fn unknown(setting: &'static str) -> JsValue {
    refuse(&Error::with_detail(ErrorCode::InvalidConfig, setting))
}

pub(crate) trait OrThrow<T> {
    fn or_throw(self) -> Result<T>;
}

impl<T> OrThrow<T> for countermark::Result<T> {
    fn or_throw(self) -> Result<T> {
        self.map_err(|error| refuse(&error))
    }
}
