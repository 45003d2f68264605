//! Versions and tables.

use countermark::facade;
use napi_derive::napi;

/// A row of the table of errors.
#[napi(object, object_from_js = false)]
pub struct ErrorInfo {
    pub number: u32,
    pub name: &'static str,
    pub class: &'static str,
    pub retryable: bool,
    pub http_status: u32,
    pub public_message: &'static str,
    pub message: &'static str,
    pub hint: &'static str,
}

/// A state of an AuthSession.
#[napi(object, object_from_js = false)]
pub struct StateInfo {
    pub number: u32,
    pub name: &'static str,
    pub terminal: bool,
}

#[napi(catch_unwind)]
pub fn version() -> &'static str {
    facade::VERSION
}

#[napi(catch_unwind)]
pub fn abi_version() -> u32 {
    facade::ABI_VERSION
}

#[napi(catch_unwind)]
pub fn list_errors() -> Vec<ErrorInfo> {
    facade::list_errors()
        .iter()
        .map(|row| ErrorInfo {
            number: row.number,
            name: row.name,
            class: row.class.name(),
            retryable: row.retryable,
            http_status: row.http_status.into(),
            public_message: if row.public {
                row.message
            } else {
                countermark::error::PUBLIC_MESSAGE
            },
            message: row.message,
            hint: row.hint,
        })
        .collect()
}

#[napi(catch_unwind)]
pub fn list_states() -> Vec<StateInfo> {
    facade::list_states()
        .iter()
        .map(|state| StateInfo {
            number: state.number(),
            name: state.name(),
            terminal: state.is_terminal(),
        })
        .collect()
}
