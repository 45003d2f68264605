//! Status numbers and the error object.

use crate::{boundary::guard_value, handle, view::countermark_str};
use countermark::{Error, ErrorCode, Result};

/// 0 for success, else the number of a row of the error table.
pub type countermark_status = i32;

/// Why a call failed.
///
/// Ownership: yours once a call has handed it out; free it with `countermark_error_free`.
/// Threads: immutable, may be shared.
pub struct countermark_error(Error);

impl countermark_error {
    pub(crate) fn into_raw(error: Error) -> *mut Self {
        handle::into_raw(Self(error))
    }
}

/// The row of the error table that a caller names by its number.
pub(crate) fn code(number: countermark_status) -> Result<ErrorCode> {
    u32::try_from(number)
        .ok()
        .and_then(ErrorCode::from_number)
        .ok_or_else(|| Error::with_detail(ErrorCode::InvalidInput, "no such status"))
}

/// # Safety
/// `error` is NULL or a live error object.
unsafe fn view(
    error: *const countermark_error,
    read: impl FnOnce(&Error) -> countermark_str,
) -> countermark_str {
    guard_value(countermark_str::ABSENT, || {
        // SAFETY: the caller's promise.
        unsafe { error.as_ref() }.map_or(countermark_str::ABSENT, |error| read(&error.0))
    })
}

/// The number of the error; 0 for NULL.
///
/// # Safety
/// `error` is NULL or a live error object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_error_number(
    error: *const countermark_error,
) -> countermark_status {
    guard_value(0, || {
        // SAFETY: the caller's promise.
        unsafe { error.as_ref() }.map_or(0, |error| error.0.code().number() as countermark_status)
    })
}

/// The stable name, such as `SIGNATURE_MISMATCH`.
///
/// # Safety
/// `error` is NULL or a live error object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_error_name(
    error: *const countermark_error,
) -> countermark_str {
    // SAFETY: the caller's promise.
    unsafe { view(error, |error| error.code().name().into()) }
}

/// What happened, for logs. Holds no secret.
///
/// # Safety
/// `error` is NULL or a live error object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_error_message(
    error: *const countermark_error,
) -> countermark_str {
    // SAFETY: the caller's promise.
    unsafe { view(error, |error| error.code().info().message.into()) }
}

/// What it is about, such as the name of a field or a header; may be empty.
///
/// # Safety
/// `error` is NULL or a live error object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_error_detail(
    error: *const countermark_error,
) -> countermark_str {
    // SAFETY: the caller's promise.
    unsafe { view(error, |error| error.detail().into()) }
}

/// The text that a remote party may see.
///
/// # Safety
/// `error` is NULL or a live error object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_error_public_message(
    error: *const countermark_error,
) -> countermark_str {
    // SAFETY: the caller's promise.
    unsafe { view(error, |error| error.public_message().into()) }
}

/// The error value that a server stated; absent for other errors.
///
/// # Safety
/// `error` is NULL or a live error object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_error_server_error(
    error: *const countermark_error,
) -> countermark_str {
    // SAFETY: the caller's promise.
    unsafe {
        view(error, |error| {
            error
                .server_report()
                .map(|report| report.error.as_str())
                .into()
        })
    }
}

/// The finer code that a server stated; absent if it stated none.
///
/// # Safety
/// `error` is NULL or a live error object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_error_server_code(
    error: *const countermark_error,
) -> countermark_str {
    // SAFETY: the caller's promise.
    unsafe {
        view(error, |error| {
            error
                .server_report()
                .and_then(|report| report.code.as_deref())
                .into()
        })
    }
}

/// The message that a server stated; absent if it stated none. Not trustworthy: escape it before showing it.
///
/// # Safety
/// `error` is NULL or a live error object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_error_server_message(
    error: *const countermark_error,
) -> countermark_str {
    // SAFETY: the caller's promise.
    unsafe {
        view(error, |error| {
            error
                .server_report()
                .and_then(|report| report.message.as_deref())
                .into()
        })
    }
}

/// Frees an error object. NULL is allowed.
///
/// # Safety
/// `error` is NULL or a live error object, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_error_free(error: *mut countermark_error) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(error) });
}
