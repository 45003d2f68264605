//! Options in plain integers.

use countermark::{Error, ErrorCode, Result};

/// An option that was not set: the library's default.
pub const COUNTERMARK_DEFAULT: i32 = -1;

/// 0 or 1.
pub(crate) fn flag(value: i32) -> Result<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Error::with_detail(
            ErrorCode::InvalidInput,
            "a switch is 0 or 1",
        )),
    }
}

/// 0, 1, or [`COUNTERMARK_DEFAULT`].
pub(crate) fn flag_opt(value: i32) -> Result<Option<bool>> {
    if value == COUNTERMARK_DEFAULT {
        Ok(None)
    } else {
        flag(value).map(Some)
    }
}

/// A number, or [`COUNTERMARK_DEFAULT`].
pub(crate) fn number_opt(value: i64) -> Option<i64> {
    (value != i64::from(COUNTERMARK_DEFAULT)).then_some(value)
}
