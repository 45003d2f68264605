//! The two calls, in the steps of a login: poll, do what the step says, feed the answer.

use super::{
    config::{self, countermark_securesign_pending, countermark_securesign_request},
    countermark_securesign_client,
};
use crate::{
    boundary::{bytes, guard, guard_value, object, object_mut, output, text},
    handle,
    option::{COUNTERMARK_DEFAULT, count},
    status::{countermark_error, countermark_status},
    step::{self, Shown, countermark_step},
    view::countermark_str,
};
use countermark::{
    Error, ErrorCode, Result,
    facade::{
        SecureSignPending, SecureSignSession, SecureSignSessionCall, SecureSignValidateCall,
        SecureSignValidation,
    },
};
use std::{ffi::c_char, ptr::null_mut};

/// One exchange with the API: validate or session. Nothing is sent twice.
///
/// Ownership: yours; free it with `countermark_securesign_call_free`. Threads: one owner; no two calls at the same time.
pub struct countermark_securesign_call {
    call: Call,
    request: Option<Shown>,
    result: Kept,
}

enum Call {
    Validate(SecureSignValidateCall),
    Session(SecureSignSessionCall),
}

/// What the views of the last result point to.
#[allow(dead_code, reason = "C reads it, through the views")]
enum Kept {
    Nothing,
    Validation(SecureSignValidation),
    Session(SecureSignSession),
    Pending(SecureSignPending),
}

/// What the server confirmed. Its view belongs to the call, until its next call.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_securesign_validation {
    /// The tenant; always the configured one.
    pub tenant_id: countermark_str,
    /// Calls that the server allows in a minute; `COUNTERMARK_DEFAULT` if it did not say.
    pub rpm: i64,
}

/// A signing session at the server. Its views belong to the call, until its next call.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_securesign_session {
    /// The server's id of it.
    pub session_id: countermark_str,
    /// The link that opens the product; checked, and without a live key.
    pub deep_link: countermark_str,
    /// When it ends, in Unix milliseconds.
    pub expires_at_ms: i64,
}

impl countermark_securesign_session {
    pub(crate) const EMPTY: Self = Self {
        session_id: countermark_str::ABSENT,
        deep_link: countermark_str::ABSENT,
        expires_at_ms: 0,
    };

    /// The views belong to `session`.
    pub(crate) fn show(session: &SecureSignSession) -> Self {
        Self {
            session_id: session.session_id.as_str().into(),
            deep_link: session.deep_link.as_str().into(),
            expires_at_ms: session.expires_at_ms,
        }
    }
}

/// # Safety
/// `out` and `error` are NULL or point to writable pointers.
unsafe fn start(
    out: *mut *mut countermark_securesign_call,
    error: *mut *mut countermark_error,
    make: impl FnOnce() -> Result<Call>,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            *out = handle::into_raw(countermark_securesign_call {
                call: make()?,
                request: None,
                result: Kept::Nothing,
            });
            Ok(())
        })
    }
}

/// Asks whether key, tenant and origin are good. `origin` is what the visitor's browser sends as `Origin`; `platform` is `web`,
/// `mobile_browser`, `desktop_software` or `desktop_agent`.
///
/// Errors: INVALID_ORIGIN, INVALID_INPUT; nothing is sent then.
///
/// # Safety
/// `client` is live; the texts are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_validate(
    client: *const countermark_securesign_client,
    origin: *const c_char,
    origin_len: usize,
    platform: *const c_char,
    platform_len: usize,
    out: *mut *mut countermark_securesign_call,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        start(out, error, || {
            let platform = config::platform(text(platform, platform_len)?)?;
            let origin = text(origin, origin_len)?;
            Ok(Call::Validate(
                object(client)?.0.validate(origin, platform)?,
            ))
        })
    }
}

/// Opens a signing session. Its results are the session, and what to keep until the callback comes.
///
/// Errors: INVALID_INPUT with the name of the field; nothing is sent then.
///
/// # Safety
/// `client` is live; `request` is readable with its texts; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_open_session(
    client: *const countermark_securesign_client,
    request: *const countermark_securesign_request,
    out: *mut *mut countermark_securesign_call,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        start(out, error, || {
            let request = object(request)?.read()?;
            Ok(Call::Session(object(client)?.0.session(&request)?))
        })
    }
}

/// What to do now: send, until an answer is fed, then done.
///
/// # Safety
/// `call` is live; `out` points to a writable step; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_call_poll(
    call: *mut countermark_securesign_call,
    now_ms: i64,
    out: *mut countermark_step,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, countermark_step::EMPTY)?;
            let it = object_mut(call)?;
            let step = match &mut it.call {
                Call::Validate(call) => call.poll(now_ms),
                Call::Session(call) => call.poll(now_ms),
            };
            *out = step::show(step, &mut it.request);
            Ok(())
        })
    }
}

/// Feeds the answer: its HTTP status and whole body. Follow no redirect: feed it.
///
/// Errors: WRONG_STATE if no request was to be sent; INVALID_INPUT for a number that is no status at all. What is wrong with the answer
/// is told by the result.
///
/// # Safety
/// `call` is live; the body is readable; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_call_on_response(
    call: *mut countermark_securesign_call,
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
            let body = bytes(body, body_len)?;
            match &mut object_mut(call)?.call {
                Call::Validate(call) => call.on_response(http_status, body, now_ms),
                Call::Session(call) => call.on_response(http_status, body, now_ms),
            }
        })
    }
}

/// Feeds a failure of the transport: `COUNTERMARK_FAILURE_*` and `COUNTERMARK_PHASE_*`.
///
/// Errors: WRONG_STATE if no request was to be sent; INVALID_INPUT for other numbers.
///
/// # Safety
/// `call` is live; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_call_on_transport_error(
    call: *mut countermark_securesign_call,
    kind: i32,
    phase: i32,
    now_ms: i64,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let (kind, phase) = step::failure(kind, phase)?;
            match &mut object_mut(call)?.call {
                Call::Validate(call) => call.on_transport_error(kind, phase, now_ms),
                Call::Session(call) => call.on_transport_error(kind, phase, now_ms),
            }
        })
    }
}

fn not_of_this_call<T>() -> Result<T> {
    Err(Error::with_detail(
        ErrorCode::WrongState,
        "a result of the other call",
    ))
}

/// The result of validate: only after HTTP 200 with both flags true and the configured tenant.
///
/// Errors: what went wrong; WRONG_STATE before the last step, and for the other call.
///
/// # Safety
/// `call` is live; `out` points to a writable place; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_call_validation(
    call: *mut countermark_securesign_call,
    out: *mut countermark_securesign_validation,
    error: *mut *mut countermark_error,
) -> countermark_status {
    let empty = countermark_securesign_validation {
        tenant_id: countermark_str::ABSENT,
        rpm: 0,
    };
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, empty)?;
            let it = object_mut(call)?;
            let Call::Validate(call) = &it.call else {
                return not_of_this_call();
            };
            let result = call.validation()?;
            *out = countermark_securesign_validation {
                tenant_id: result.tenant_id.as_str().into(),
                rpm: result
                    .rpm
                    .map_or_else(|| i64::from(COUNTERMARK_DEFAULT), i64::from),
            };
            it.result = Kept::Validation(result);
            Ok(())
        })
    }
}

/// The session, with a deep link that was checked.
///
/// Errors: what went wrong; WRONG_STATE before the last step, and for the other call.
///
/// # Safety
/// `call` is live; `out` points to a writable place; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_call_session(
    call: *mut countermark_securesign_call,
    out: *mut countermark_securesign_session,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, countermark_securesign_session::EMPTY)?;
            let it = object_mut(call)?;
            let Call::Session(call) = &it.call else {
                return not_of_this_call();
            };
            let result = call.session()?;
            *out = countermark_securesign_session::show(&result);
            it.result = Kept::Session(result);
            Ok(())
        })
    }
}

/// What to keep until the callback comes. Its views belong to the call, until its next call.
///
/// Errors: as `countermark_securesign_call_session`.
///
/// # Safety
/// `call` is live; `out` points to a writable place; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_call_pending(
    call: *mut countermark_securesign_call,
    out: *mut countermark_securesign_pending,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, countermark_securesign_pending::EMPTY)?;
            let it = object_mut(call)?;
            let Call::Session(call) = &it.call else {
                return not_of_this_call();
            };
            let result = call.pending()?;
            *out = countermark_securesign_pending::show(&result);
            it.result = Kept::Pending(result);
            Ok(())
        })
    }
}

/// Frees a call. NULL is allowed.
///
/// # Safety
/// `call` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_call_free(call: *mut countermark_securesign_call) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(call) });
}
