//! Links to the phone app, the check of addresses to return to, and the form of SecSign IDs.

use crate::{
    boundary::{guard, guard_value, object, output, text, text_opt, text_or},
    handle,
    owned::countermark_bytes,
    status::{countermark_error, countermark_status},
};
use countermark::{ErrorCode, Result, facade};
use std::{ffi::c_char, ptr::null_mut};

/// Makes links that open the phone app on a login, for a page that is read on the phone itself.
///
/// Ownership: yours; free it with `countermark_app_link_free`. Threads: immutable, may be shared.
pub struct countermark_app_link(facade::AppLink);

/// `scheme`: that of a branded app; NULL and 0: the vendor's. `id_server`: `host[:port]` of the server that the phone talks to.
///
/// Errors: INVALID_INPUT for a scheme that is no app's; INVALID_URL for a server with more than host and port.
///
/// # Safety
/// The texts are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_app_link_new(
    scheme: *const c_char,
    scheme_len: usize,
    id_server: *const c_char,
    id_server_len: usize,
    out: *mut *mut countermark_app_link,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let scheme = text_opt(scheme, scheme_len)?;
            let link = facade::AppLink::new(scheme, text(id_server, id_server_len)?)?;
            *out = handle::into_raw(countermark_app_link(link));
            Ok(())
        })
    }
}

/// The link that opens a session in the app and returns to `return_url` afterwards. It gives nobody the session.
///
/// Errors: INVALID_SECSIGN_ID; INVALID_INPUT for an invalid session number, or a return URL that is not absolute https.
///
/// # Safety
/// `link` is live; the texts are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_app_link_authenticate(
    link: *const countermark_app_link,
    secsign_id: *const c_char,
    secsign_id_len: usize,
    auth_session_id: *const c_char,
    auth_session_id_len: usize,
    return_url: *const c_char,
    return_url_len: usize,
    out: *mut *mut countermark_bytes,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        made(out, error, || {
            object(link)?.0.authenticate(
                text(secsign_id, secsign_id_len)?,
                text(auth_session_id, auth_session_id_len)?,
                text(return_url, return_url_len)?,
            )
        })
    }
}

/// Frees a link maker. NULL is allowed.
///
/// # Safety
/// `link` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_app_link_free(link: *mut countermark_app_link) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(link) });
}

/// Where to go after a login: `candidate`, if it stays on the site `base`, the site's own origin from configuration; else `fallback`.
///
/// Errors: INVALID_URL if `base` is no origin; INVALID_CONFIG if `fallback` does not stay on it.
///
/// # Safety
/// The texts are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_safe_return_url(
    base: *const c_char,
    base_len: usize,
    candidate: *const c_char,
    candidate_len: usize,
    fallback: *const c_char,
    fallback_len: usize,
    out: *mut *mut countermark_bytes,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        made(out, error, || {
            facade::safe_return_url(
                text(base, base_len)?,
                text(candidate, candidate_len)?,
                text(fallback, fallback_len)?,
            )
        })
    }
}

/// Brings a SecSign ID into the form that is sent and compared: blanks around it trimmed, ASCII letters lowered.
///
/// Errors: INVALID_SECSIGN_ID.
///
/// # Safety
/// The text is readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_normalize_secsign_id(
    secsign_id: *const c_char,
    secsign_id_len: usize,
    out: *mut *mut countermark_bytes,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        made(out, error, || {
            facade::normalize_secsign_id(text_or(
                secsign_id,
                secsign_id_len,
                ErrorCode::InvalidSecsignId,
            )?)
        })
    }
}

/// Hands a text out.
///
/// # Safety
/// `out` and `error` are NULL or point to writable pointers.
unsafe fn made(
    out: *mut *mut countermark_bytes,
    error: *mut *mut countermark_error,
    make: impl FnOnce() -> Result<String>,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            *out = countermark_bytes::into_raw(make()?.into_bytes());
            Ok(())
        })
    }
}
