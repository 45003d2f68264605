//! What stands between C and Rust: no panic leaves, no pointer is used before it was checked.
//!
//! Plain functions and no macro around the exports, so that header generators see every signature.

use crate::{
    status::{countermark_error, countermark_status},
    view::countermark_str,
};
use countermark::{Error, ErrorCode, Result};
use std::{
    ffi::c_char,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Runs `body`, and turns its error, or a panic, into a status. With `error`, also hands out the error object.
///
/// # Safety
/// `error` is NULL or points to a writable pointer.
pub(crate) unsafe fn guard(
    error: *mut *mut countermark_error,
    body: impl FnOnce() -> Result<()>,
) -> countermark_status {
    let result = catch_unwind(AssertUnwindSafe(body))
        .unwrap_or_else(|_| Err(Error::new(ErrorCode::Internal)));
    let handle = match &result {
        Ok(()) => std::ptr::null_mut(),
        Err(reason) if !error.is_null() => countermark_error::into_raw(reason.clone()),
        Err(_) => std::ptr::null_mut(),
    };
    if !error.is_null() {
        // SAFETY: not NULL, and writable by the caller's promise.
        unsafe { error.write(handle) };
    }
    result.map_or_else(
        |reason| reason.code().number() as countermark_status,
        |()| 0,
    )
}

/// Runs `body` for a function that cannot fail; a panic gives `fallback`.
pub(crate) fn guard_value<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(fallback)
}

/// The object behind a handle.
///
/// # Safety
/// `handle` is NULL or came from the constructor of `T` and was not freed.
pub(crate) unsafe fn object<'a, T>(handle: *const T) -> Result<&'a T> {
    // SAFETY: the caller's promise; NULL gives `None`.
    unsafe { handle.as_ref() }.ok_or_else(null)
}

/// The object behind a handle that only one thread uses.
///
/// # Safety
/// As [`object`], and no other call uses the handle at the same time.
pub(crate) unsafe fn object_mut<'a, T>(handle: *mut T) -> Result<&'a mut T> {
    // SAFETY: the caller's promise; NULL gives `None`.
    unsafe { handle.as_mut() }.ok_or_else(null)
}

/// A place for a result: set to `empty` at once, and returned for writing on success.
///
/// # Safety
/// `place` is NULL or points to a writable `T`.
pub(crate) unsafe fn output<'a, T>(place: *mut T, empty: T) -> Result<&'a mut T> {
    if place.is_null() {
        return Err(null());
    }
    // SAFETY: not NULL, and writable by the caller's promise; `write` does not read what was there.
    unsafe {
        place.write(empty);
        Ok(&mut *place)
    }
}

/// Bytes of a caller. `(NULL, 0)` is the empty input.
///
/// # Safety
/// `start` is NULL, or `len` bytes from it are readable and not written to during the call.
pub(crate) unsafe fn bytes<'a>(start: *const c_char, len: usize) -> Result<&'a [u8]> {
    // SAFETY: the caller's promise.
    unsafe { array(start.cast(), len) }
}

/// UTF-8 text of a caller. `(NULL, 0)` is the empty text.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn text<'a>(start: *const c_char, len: usize) -> Result<&'a str> {
    // SAFETY: the caller's promise.
    unsafe { text_or(start, len, ErrorCode::InvalidInput) }
}

/// UTF-8 text that a caller hands on; `otherwise` says whose fault it is if it is not UTF-8.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn text_or<'a>(
    start: *const c_char,
    len: usize,
    otherwise: ErrorCode,
) -> Result<&'a str> {
    // SAFETY: the caller's promise.
    let bytes = unsafe { bytes(start, len)? };
    // Most texts are short and ASCII, such as the names of headers: this tells in a few words what the other check reads byte by byte.
    if bytes.is_ascii() {
        // SAFETY: ASCII is UTF-8.
        return Ok(unsafe { std::str::from_utf8_unchecked(bytes) });
    }
    std::str::from_utf8(bytes)
        .map_err(|_| Error::with_detail(otherwise, "a text argument is not UTF-8"))
}

/// UTF-8 text of a caller that may be absent: `(NULL, 0)`.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn text_opt<'a>(start: *const c_char, len: usize) -> Result<Option<&'a str>> {
    if start.is_null() && len == 0 {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    unsafe { text(start, len) }.map(Some)
}

/// Text of a caller that may be absent: `ptr` NULL.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn view_opt<'a>(view: countermark_str) -> Result<Option<&'a str>> {
    // SAFETY: the caller's promise.
    unsafe { text_opt(view.ptr, view.len) }
}

/// Text of a caller.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn view_text<'a>(view: countermark_str) -> Result<&'a str> {
    // SAFETY: the caller's promise.
    unsafe { text(view.ptr, view.len) }
}

/// Text that a caller hands on; `otherwise` is the error for one that is not UTF-8.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn view_text_or<'a>(
    view: countermark_str,
    otherwise: ErrorCode,
) -> Result<&'a str> {
    // SAFETY: the caller's promise.
    unsafe { text_or(view.ptr, view.len, otherwise) }
}

/// Bytes of a caller.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn view_bytes<'a>(view: countermark_str) -> Result<&'a [u8]> {
    // SAFETY: the caller's promise.
    unsafe { bytes(view.ptr, view.len) }
}

/// An array of a caller. `(NULL, 0)` is the empty one.
///
/// # Safety
/// `start` is NULL, or `len` elements from it are readable and not written to during the call.
pub(crate) unsafe fn array<'a, T>(start: *const T, len: usize) -> Result<&'a [T]> {
    if start.is_null() {
        return if len == 0 { Ok(&[]) } else { Err(null()) };
    }
    if len
        .checked_mul(size_of::<T>())
        .is_none_or(|bytes| isize::try_from(bytes).is_err())
    {
        return Err(Error::with_detail(
            ErrorCode::InvalidInput,
            "a length beyond the address space",
        ));
    }
    // SAFETY: not NULL, of a length that Rust allows, readable by the caller's promise.
    Ok(unsafe { std::slice::from_raw_parts(start, len) })
}

pub(crate) fn no_such_row() -> Error {
    Error::with_detail(ErrorCode::InvalidInput, "no such row")
}

fn null() -> Error {
    Error::with_detail(
        ErrorCode::InvalidInput,
        "a NULL pointer where an object, text or place is needed",
    )
}
