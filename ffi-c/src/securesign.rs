//! SecureSign: the configured client, the pure functions beside it, and in the files below the calls and the callback.

mod call;
mod callback;
mod config;

use crate::{
    boundary::{array, guard, guard_value, object, output, text},
    handle,
    option::{count, flag, span_opt},
    owned::countermark_bytes,
    status::{countermark_error, countermark_status},
    view::countermark_str,
};
pub(crate) use config::countermark_securesign_request;
use config::{countermark_securesign_config, environment};
use countermark::facade::{self, PinStatus, SecureSignCode};
use std::{ffi::c_char, ptr::null_mut};
#[cfg(feature = "http")]
pub(crate) use {
    call::countermark_securesign_session,
    config::{countermark_securesign_pending, platform},
};

/// A checked configuration with its API key.
///
/// Ownership: yours; free it with `countermark_securesign_client_free`. It may be freed before the calls that were made with it.
/// Threads: immutable, may be shared.
pub struct countermark_securesign_client(pub(crate) facade::SecureSignClient);

/// Checks a configuration and its key.
///
/// Errors: INVALID_SECRET, WRONG_ENVIRONMENT, INVALID_URL, INVALID_CONFIG; the detail names the setting.
///
/// # Safety
/// `config` is readable with its texts; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_client_new(
    config: *const countermark_securesign_config,
    out: *mut *mut countermark_securesign_client,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let (config, api_key) = object(config)?.read()?;
            let client = facade::SecureSignClient::new(config, api_key)?;
            *out = handle::into_raw(countermark_securesign_client(client));
            Ok(())
        })
    }
}

/// Builds a deep link without the server. `with_api_key`, 0 or 1, puts the key in, as the vendor's page has it; a live key never.
///
/// Errors: INVALID_INPUT with the name of the field; SECRET_IN_DEEP_LINK for a live key.
///
/// # Safety
/// `client` is live; `request` is readable with its texts; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_deep_link(
    client: *const countermark_securesign_client,
    request: *const countermark_securesign_request,
    with_api_key: i32,
    out: *mut *mut countermark_bytes,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let request = object(request)?.read()?;
            let link = object(client)?.0.deep_link(&request, flag(with_api_key)?)?;
            *out = countermark_bytes::into_raw(link.into_bytes());
            Ok(())
        })
    }
}

/// An origin in the exact form of a browser's `Origin` header: compare it byte by byte.
///
/// Errors: INVALID_ORIGIN.
///
/// # Safety
/// The texts are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_origin(
    origin: *const c_char,
    origin_len: usize,
    environment_name: *const c_char,
    environment_name_len: usize,
    out: *mut *mut countermark_bytes,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let environment = environment(text(environment_name, environment_name_len)?)?;
            let origin = facade::securesign_origin(text(origin, origin_len)?, environment)?;
            *out = countermark_bytes::into_raw(origin.into_bytes());
            Ok(())
        })
    }
}

/// # Safety
/// The text is readable.
unsafe fn name(
    start: *const c_char,
    len: usize,
    read: impl FnOnce(&str) -> &'static str,
) -> countermark_str {
    guard_value(countermark_str::ABSENT, || {
        // SAFETY: the caller's promise.
        read(unsafe { text(start, len) }.unwrap_or_default()).into()
    })
}

/// The vendor's name of an error code, such as `SS_PIN_INVALID`; `UNKNOWN` for one that is not on the list. Static text.
///
/// # Safety
/// The text is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_code_name(
    code: *const c_char,
    code_len: usize,
) -> countermark_str {
    // SAFETY: the caller's promise.
    unsafe {
        name(code, code_len, |code| {
            SecureSignCode::from_text(code).name()
        })
    }
}

/// Whether and how to try again after an error code: `no`, `same_session` or `new_session`. Static text.
///
/// # Safety
/// The text is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_code_retry(
    code: *const c_char,
    code_len: usize,
) -> countermark_str {
    // SAFETY: the caller's promise.
    unsafe {
        name(code, code_len, |code| {
            SecureSignCode::from_text(code).retry().name()
        })
    }
}

/// The vendor's name of a PIN status, or `UNKNOWN`. Static text.
///
/// # Safety
/// The text is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_pin_status_name(
    status: *const c_char,
    status_len: usize,
) -> countermark_str {
    // SAFETY: the caller's promise.
    unsafe {
        name(status, status_len, |status| {
            PinStatus::from_text(status).name()
        })
    }
}

/// 1 if a PIN status permits signing, else 0.
///
/// # Safety
/// The text is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_pin_status_permits_signing(
    status: *const c_char,
    status_len: usize,
) -> i32 {
    guard_value(0, || {
        // SAFETY: the caller's promise.
        let status = unsafe { text(status, status_len) }.unwrap_or_default();
        i32::from(PinStatus::from_text(status).permits_signing())
    })
}

/// `*open` becomes 1 if a PIN session still holds, less than `idle_ms` since its last use; `COUNTERMARK_DEFAULT`: the product's time.
///
/// Errors: INVALID_CONFIG for an idle time out of range.
///
/// # Safety
/// `open` and `error` are NULL or point to writable places.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_pin_session_is_open(
    last_use_ms: i64,
    idle_ms: i64,
    now_ms: i64,
    open: *mut i32,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let open = output(open, 0)?;
            let idle_ms = span_opt(idle_ms, "idle_ms")?;
            *open = i32::from(facade::securesign_pin_session_is_open(
                last_use_ms,
                idle_ms,
                now_ms,
            ));
            Ok(())
        })
    }
}

/// `*wait_ms` becomes the milliseconds to wait so that no minute holds more than `rpm` calls, given the times of earlier calls; 0 for none.
///
/// Errors: INVALID_INPUT for a number of calls out of range.
///
/// # Safety
/// The times are readable; `wait_ms` and `error` are NULL or point to writable places.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_rate_limit_wait_ms(
    calls_ms: *const i64,
    calls_ms_len: usize,
    rpm: i64,
    now_ms: i64,
    wait_ms: *mut i64,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let wait_ms = output(wait_ms, 0)?;
            let calls_ms = array(calls_ms, calls_ms_len)?;
            let rpm = count(rpm, "rpm")?;
            *wait_ms = facade::securesign_rate_limit_wait_ms(calls_ms, rpm, now_ms);
            Ok(())
        })
    }
}

/// Frees a client. NULL is allowed.
///
/// # Safety
/// `client` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_client_free(
    client: *mut countermark_securesign_client,
) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(client) });
}
