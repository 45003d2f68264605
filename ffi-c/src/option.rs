//! Options in plain integers and names.

use crate::{boundary::view_opt, view::countermark_str};
use countermark::{Error, ErrorCode, Result};

/// An option that was not set: the library's default. No number that a mistake gives, such as -1: those are refused.
pub const COUNTERMARK_DEFAULT: i32 = i32::MIN;

/// No bound on the validity of a key from below.
pub const COUNTERMARK_ALWAYS_BEFORE: i64 = i64::MIN;
/// No bound on the validity of a key from above.
pub const COUNTERMARK_ALWAYS_AFTER: i64 = i64::MAX;

/// A time that is not there.
pub const COUNTERMARK_NO_TIME: i64 = i64::MIN;

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

/// A number of seconds, milliseconds, bytes or keys, or [`COUNTERMARK_DEFAULT`].
pub(crate) fn span_opt(value: i64, setting: &'static str) -> Result<Option<u32>> {
    number_opt(value)
        .map(u32::try_from)
        .transpose()
        .map_err(|_| Error::with_detail(ErrorCode::InvalidConfig, setting))
}

/// A number that is always there. It is taken with its sign, so that no language has to cast, and a mistake such as -1 becomes no other.
pub(crate) fn count(value: i64, argument: &'static str) -> Result<u32> {
    u32::try_from(value).map_err(|_| Error::with_detail(ErrorCode::InvalidInput, argument))
}

/// The one of a closed list with the name in `view`, if there is a name.
///
/// # Safety
/// `view` is absent or readable.
pub(crate) unsafe fn name_opt<T>(
    view: countermark_str,
    setting: &'static str,
    from_name: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>> {
    // SAFETY: the caller's promise.
    unsafe { view_opt(view)? }
        .map(|name| {
            from_name(name).ok_or_else(|| Error::with_detail(ErrorCode::InvalidConfig, setting))
        })
        .transpose()
}

/// First and last moment of a key, each of which may be open. A structure that was only filled with zeros names a key of 1970: it would
/// refuse everything without a word, so it is refused itself.
pub(crate) fn validity(from_ms: i64, until_ms: i64) -> Result<(Option<i64>, Option<i64>)> {
    if from_ms == 0 && until_ms == 0 {
        return Err(Error::with_detail(
            ErrorCode::InvalidConfig,
            "not_before_ms and not_after_ms are both 0",
        ));
    }
    Ok((
        (from_ms != COUNTERMARK_ALWAYS_BEFORE).then_some(from_ms),
        (until_ms != COUNTERMARK_ALWAYS_AFTER).then_some(until_ms),
    ))
}

/// A time, or [`COUNTERMARK_NO_TIME`].
pub(crate) fn time(ms: Option<i64>) -> i64 {
    ms.unwrap_or(COUNTERMARK_NO_TIME)
}

/// What [`time`] wrote.
pub(crate) fn moment(ms: i64) -> Option<i64> {
    (ms != COUNTERMARK_NO_TIME).then_some(ms)
}
