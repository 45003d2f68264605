//! Feature `http`: SecureSign's two calls, over the core's blocking client.

use super::sigpipe::without_sigpipe;
use crate::{
    boundary::{bytes, guard, guard_value, object, output, text},
    handle,
    option::COUNTERMARK_DEFAULT,
    securesign::{
        countermark_securesign_client, countermark_securesign_pending,
        countermark_securesign_request, countermark_securesign_session, platform,
    },
    status::{countermark_error, countermark_status},
};
use countermark::{
    SecureSign, blocking,
    facade::{SecureSignPending, SecureSignSession},
    limits::CONNECT_TIMEOUT_MS,
    transport::HttpTransport,
};
use std::{ffi::c_char, ptr::null_mut, sync::Arc};

/// Asks SecureSign over HTTPS. Nothing is sent twice.
///
/// Ownership: yours; free it with `countermark_securesign_api_free`. Threads: may be shared; a call blocks its own thread only.
/// Signals: during a call SIGPIPE is blocked on the calling thread.
pub struct countermark_securesign_api(blocking::SecureSign);

/// A signing session that was opened, and what to keep of it until the callback comes.
///
/// Ownership: yours; free it with `countermark_securesign_opened_free`. Threads: immutable, may be shared.
pub struct countermark_securesign_opened {
    session: SecureSignSession,
    pending: SecureSignPending,
}

/// The network for a configured client, which may be freed before. Nobody is contacted. `extra_roots_pem` are root certificates that are
/// trusted beside those of the platform; `(NULL, 0)` for none.
///
/// Errors: INVALID_CONFIG for certificates that cannot be read.
///
/// # Safety
/// `client` is live; the certificates are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_api_new(
    client: *const countermark_securesign_client,
    extra_roots_pem: *const c_char,
    extra_roots_pem_len: usize,
    out: *mut *mut countermark_securesign_api,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let client = object(client)?.0.clone();
            let roots = bytes(extra_roots_pem, extra_roots_pem_len)?;
            let transport = Arc::new(HttpTransport::new(roots, CONNECT_TIMEOUT_MS)?);
            let api = SecureSign::with_transport(client, transport);
            *out = handle::into_raw(countermark_securesign_api(api.into()));
            Ok(())
        })
    }
}

/// Asks whether key, tenant and origin are good; `COUNTERMARK_OK` if they are. `*rpm` becomes the calls that the server allows in a
/// minute, or `COUNTERMARK_DEFAULT` if it did not say. For origin and platform see `countermark_securesign_validate`.
///
/// Errors: INVALID_ORIGIN, INVALID_INPUT; those of the server and of the network.
///
/// # Safety
/// `api` is live; the texts are readable; `rpm` points to a writable place; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_api_validate(
    api: *const countermark_securesign_api,
    origin: *const c_char,
    origin_len: usize,
    platform_name: *const c_char,
    platform_name_len: usize,
    rpm: *mut i64,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let rpm = output(rpm, 0)?;
            let platform = platform(text(platform_name, platform_name_len)?)?;
            let origin = text(origin, origin_len)?;
            let api = object(api)?;
            let validation = without_sigpipe(|| api.0.validate(origin, platform))?;
            *rpm = validation.rpm.map_or(COUNTERMARK_DEFAULT.into(), i64::from);
            Ok(())
        })
    }
}

/// Opens a signing session.
///
/// Errors: INVALID_INPUT with the name of the field; those of the server and of the network.
///
/// # Safety
/// `api` is live; `request` is readable with its texts; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_api_open_session(
    api: *const countermark_securesign_api,
    request: *const countermark_securesign_request,
    out: *mut *mut countermark_securesign_opened,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let request = object(request)?.read()?;
            let api = object(api)?;
            let (session, pending) = without_sigpipe(|| api.0.session(&request))?;
            *out = handle::into_raw(countermark_securesign_opened { session, pending });
            Ok(())
        })
    }
}

/// The session, and what to keep under its request id until the callback comes. The views of both belong to `opened`.
///
/// # Safety
/// `opened` is live; `session` and `pending` point to writable places; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_opened_read(
    opened: *const countermark_securesign_opened,
    session: *mut countermark_securesign_session,
    pending: *mut countermark_securesign_pending,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let session = output(session, countermark_securesign_session::EMPTY)?;
            let pending = output(pending, countermark_securesign_pending::EMPTY)?;
            let it = object(opened)?;
            *session = countermark_securesign_session::show(&it.session);
            *pending = countermark_securesign_pending::show(&it.pending);
            Ok(())
        })
    }
}

/// Frees an opened session. NULL is allowed.
///
/// # Safety
/// `opened` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_opened_free(
    opened: *mut countermark_securesign_opened,
) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(opened) });
}

/// Frees an API object. NULL is allowed.
///
/// # Safety
/// `api` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_api_free(api: *mut countermark_securesign_api) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(api) });
}
