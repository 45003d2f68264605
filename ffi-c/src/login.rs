//! Logins: service, session, step machine, outcome. The caller sends, sleeps and stores.

mod config;
mod link;
mod outcome;
mod reply;
mod service;
mod session;

use crate::{
    boundary::{bytes, guard, guard_value, object, object_mut, output, text_or},
    handle,
    option::count,
    status::{self, countermark_error, countermark_status},
    step::{self, Shown, countermark_step},
};
use countermark::{ErrorCode, facade};
use service::countermark_login_service;
pub(crate) use session::{countermark_auth_session, countermark_challenge};
use std::{ffi::c_char, ptr::null_mut};
#[cfg(feature = "http")]
pub(crate) use {config::countermark_login_config, outcome::countermark_login_outcome};

/// One task on a login: begin, check, wait, cancel or release.
///
/// Ownership: yours; free it with `countermark_login_free`. Threads: one owner; no two calls at the same time.
pub struct countermark_login {
    machine: facade::Login,
    kept: Option<Shown>,
    outcome: Option<facade::LoginOutcome>,
}

/// Makes a machine and hands it out.
///
/// # Safety
/// `out` and `error` are NULL or point to writable pointers.
unsafe fn start(
    out: *mut *mut countermark_login,
    error: *mut *mut countermark_error,
    make: impl FnOnce() -> countermark::Result<facade::Login>,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            *out = handle::into_raw(countermark_login {
                machine: make()?,
                kept: None,
                outcome: None,
            });
            Ok(())
        })
    }
}

/// Starts a login for a user. Its first step takes the ID in the store. Its result is the challenge.
///
/// Errors: INVALID_SECSIGN_ID.
///
/// # Safety
/// `service` is live; the text is readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_begin(
    service: *const countermark_login_service,
    secsign_id: *const c_char,
    secsign_id_len: usize,
    now_ms: i64,
    out: *mut *mut countermark_login,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        start(out, error, || {
            facade::Login::begin(
                &object(service)?.0,
                text_or(secsign_id, secsign_id_len, ErrorCode::InvalidSecsignId)?,
                now_ms,
            )
        })
    }
}

/// Asks once how the user decided. Its result is the outcome.
///
/// Errors: UNKNOWN_HANDLE if the session was not opened for this service.
///
/// # Safety
/// `service` and `session` are live; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_check(
    service: *const countermark_login_service,
    session: *const countermark_auth_session,
    now_ms: i64,
    out: *mut *mut countermark_login,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        start(out, error, || {
            facade::Login::check(&object(service)?.0, &object(session)?.0, now_ms)
        })
    }
}

/// Asks until the user has decided, the session has ended, or `deadline_ms` (Unix milliseconds; `INT64_MAX`: none) is reached.
///
/// Errors: UNKNOWN_HANDLE if the session was not opened for this service.
///
/// # Safety
/// `service` and `session` are live; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_wait(
    service: *const countermark_login_service,
    session: *const countermark_auth_session,
    deadline_ms: i64,
    now_ms: i64,
    out: *mut *mut countermark_login,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        start(out, error, || {
            facade::Login::wait(
                &object(service)?.0,
                &object(session)?.0,
                Some(deadline_ms),
                now_ms,
            )
        })
    }
}

/// Withdraws the session, so that the phone stops asking.
///
/// Errors: UNKNOWN_HANDLE if the session was not opened for this service.
///
/// # Safety
/// `service` and `session` are live; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_cancel(
    service: *const countermark_login_service,
    session: *const countermark_auth_session,
    now_ms: i64,
    out: *mut *mut countermark_login,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        start(out, error, || {
            facade::Login::cancel(&object(service)?.0, &object(session)?.0, now_ms)
        })
    }
}

/// Gives an approved session back. The outcome is released whatever the server says.
///
/// Errors: UNKNOWN_HANDLE if the session was not opened for this service.
///
/// # Safety
/// `service` and `session` are live; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_release(
    service: *const countermark_login_service,
    session: *const countermark_auth_session,
    now_ms: i64,
    out: *mut *mut countermark_login,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        start(out, error, || {
            facade::Login::release(&object(service)?.0, &object(session)?.0, now_ms)
        })
    }
}

/// What to do now. The answer stays the same until something is fed or the time of a wait has come.
///
/// # Safety
/// `login` is live; `out` points to a writable step; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_poll(
    login: *mut countermark_login,
    now_ms: i64,
    out: *mut countermark_step,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, countermark_step::EMPTY)?;
            let login = object_mut(login)?;
            *out = step::show(login.machine.poll(now_ms), &mut login.kept);
            Ok(())
        })
    }
}

/// Feeds the answer to the request: its HTTP status and whole body. Follow no redirect: feed it.
///
/// Errors: WRONG_STATE if no request was to be sent; INVALID_INPUT for a number that is no status at all. What is wrong with the answer
/// is told by the result.
///
/// # Safety
/// `login` is live; the body is readable; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_on_response(
    login: *mut countermark_login,
    http_status: i64,
    body: *const c_char,
    body_len: usize,
    now_ms: i64,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let http_status = count(http_status, "http_status")?;
            object_mut(login)?
                .machine
                .on_response(http_status, bytes(body, body_len)?, now_ms)
        })
    }
}

/// Feeds a failure of the transport: `COUNTERMARK_FAILURE_*` and `COUNTERMARK_PHASE_*`.
///
/// Errors: WRONG_STATE if no request was to be sent; INVALID_INPUT for other numbers.
///
/// # Safety
/// `login` is live; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_on_transport_error(
    login: *mut countermark_login,
    kind: i32,
    phase: i32,
    now_ms: i64,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let (kind, phase) = step::failure(kind, phase)?;
            object_mut(login)?
                .machine
                .on_transport_error(kind, phase, now_ms)
        })
    }
}

/// Feeds the answer of the store: `COUNTERMARK_OK` when it did as asked, `COUNTERMARK_REPLAYED` when the key is taken, else the status of
/// what is wrong with it, such as `COUNTERMARK_STORE_UNAVAILABLE`.
///
/// Errors: WRONG_STATE if nothing was to be stored; INVALID_INPUT for a number that is no status.
///
/// # Safety
/// `login` is live; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_on_store(
    login: *mut countermark_login,
    store_status: countermark_status,
    now_ms: i64,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let refusal = match store_status {
                0 => None,
                number => Some(status::code(number)?),
            };
            object_mut(login)?.machine.on_store(refusal, now_ms)
        })
    }
}

/// Stops: a wait still sends the cancel request. Poll on until done.
///
/// # Safety
/// `login` is live; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_abort(
    login: *mut countermark_login,
    now_ms: i64,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            object_mut(login)?.machine.abort(now_ms);
            Ok(())
        })
    }
}

/// What a begun login gave.
///
/// Errors: what went wrong; WRONG_STATE before the last step, and for other tasks than begin.
///
/// # Safety
/// `login` is live; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_challenge(
    login: *const countermark_login,
    out: *mut *mut countermark_challenge,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            *out = handle::into_raw(countermark_challenge::new(
                object(login)?.machine.challenge()?,
            ));
            Ok(())
        })
    }
}

/// How often a request was sent anew, for a log; 0 for NULL.
///
/// # Safety
/// `login` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_retries(login: *const countermark_login) -> u32 {
    guard_value(0, || {
        // SAFETY: the caller's promise.
        unsafe { login.as_ref() }.map_or(0, |it| it.machine.retries())
    })
}

/// Frees a login. NULL is allowed.
///
/// # Safety
/// `login` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_free(login: *mut countermark_login) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(login) });
}
