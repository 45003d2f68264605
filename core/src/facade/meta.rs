//! Versions and tables, for load-time checks of the bindings.

use super::State;
use crate::error::{ERRORS, ErrorInfo};

/// The version of the library.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The version of the C ABI: bindings refuse a library with another one.
pub const ABI_VERSION: u32 = 1;

/// Every error that any call can give, in order of number.
#[must_use]
pub fn list_errors() -> &'static [ErrorInfo] {
    ERRORS
}

/// Every state of an AuthSession, in order of number.
#[must_use]
pub fn list_states() -> &'static [State] {
    &State::ALL
}
