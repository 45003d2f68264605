//! The login service, and the keys for the caller's store.

use super::{config::countermark_login_config, session::countermark_auth_session};
use crate::{
    boundary::{guard, guard_value, object, output, text},
    handle,
    status::{countermark_error, countermark_status},
    view::countermark_str,
};
use countermark::facade;
use std::{ffi::c_char, ptr::null_mut};

/// A checked configuration of logins.
///
/// Ownership: yours; free it with `countermark_login_service_free`. It may be freed before the logins that were begun with it.
/// Threads: immutable, may be shared.
pub struct countermark_login_service(pub(super) facade::LoginService);

/// A key for a store of things that may happen once, with the time to keep it.
///
/// The store's `add` must be atomic, and must fail if the key is there.
/// Ownership: yours; free it with `countermark_store_key_free`. Threads: immutable, may be shared.
pub struct countermark_store_key(facade::StoreKey);

/// Checks a configuration.
///
/// Errors: INVALID_URL, INVALID_CONFIG, INVALID_INPUT; the detail names the setting.
///
/// # Safety
/// `config` is readable with its texts; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_service_new(
    config: *const countermark_login_config,
    out: *mut *mut countermark_login_service,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let service = facade::LoginService::new(object(config)?.read()?)?;
            *out = handle::into_raw(countermark_login_service(service));
            Ok(())
        })
    }
}

/// Frees a service. NULL is allowed.
///
/// # Safety
/// `service` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_service_free(service: *mut countermark_login_service) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(service) });
}

/// The key to add before a login for `secsign_id` starts; if it is there already, answer BUSY and send nothing. Remove it when the login
/// was approved or canceled, and leave it to its time otherwise.
///
/// Errors: INVALID_SECSIGN_ID.
///
/// # Safety
/// `service` is live; the text is readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_in_flight_key(
    service: *const countermark_login_service,
    secsign_id: *const c_char,
    secsign_id_len: usize,
    out: *mut *mut countermark_store_key,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let key = object(service)?
                .0
                .in_flight_key(text(secsign_id, secsign_id_len)?)?;
            *out = handle::into_raw(countermark_store_key(key));
            Ok(())
        })
    }
}

/// The key to add when a login was approved, before anybody is logged in; if it is there already, answer ALREADY_CONSUMED.
///
/// # Safety
/// `service` and `session` are live; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_once_key(
    service: *const countermark_login_service,
    session: *const countermark_auth_session,
    out: *mut *mut countermark_store_key,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let key = object(service)?.0.once_key(&object(session)?.0);
            *out = handle::into_raw(countermark_store_key(key));
            Ok(())
        })
    }
}

/// The text of a key: ASCII. It holds no handle that could be used.
///
/// # Safety
/// `key` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_store_key_text(
    key: *const countermark_store_key,
) -> countermark_str {
    guard_value(countermark_str::ABSENT, || {
        // SAFETY: the caller's promise.
        unsafe { key.as_ref() }.map(|key| key.0.key.as_str()).into()
    })
}

/// How long to keep a key, in seconds.
///
/// # Safety
/// `key` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_store_key_ttl_s(key: *const countermark_store_key) -> u32 {
    // SAFETY: the caller's promise.
    guard_value(0, || unsafe { key.as_ref() }.map_or(0, |key| key.0.ttl_s))
}

/// Frees a key. NULL is allowed.
///
/// # Safety
/// `key` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_store_key_free(key: *mut countermark_store_key) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(key) });
}
