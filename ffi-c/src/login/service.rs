//! The login service.

use super::config::countermark_login_config;
use crate::{
    boundary::{guard, guard_value, object, output},
    handle,
    status::{countermark_error, countermark_status},
};
use countermark::facade;
use std::ptr::null_mut;

/// A checked configuration of logins.
///
/// Ownership: yours; free it with `countermark_login_service_free`. It may be freed before the logins that were begun with it.
/// Threads: immutable, may be shared.
pub struct countermark_login_service(pub(super) facade::LoginService);

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

/// Time to reach a server, in milliseconds, for hosts whose HTTP client wants it before the first request; 0 for NULL.
///
/// # Safety
/// `service` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_service_connect_timeout_ms(
    service: *const countermark_login_service,
) -> u32 {
    guard_value(0, || {
        // SAFETY: the caller's promise.
        unsafe { service.as_ref() }.map_or(0, |service| service.0.connect_timeout_ms())
    })
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
