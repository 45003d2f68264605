//! What asking for a login gave.

use crate::{
    boundary::{guard, guard_value, object, output},
    handle,
    login::countermark_login_outcome,
    status::{countermark_error, countermark_status},
    view::countermark_str,
};
use countermark::facade::LoginOutcome;

/// How a login stood when the server was asked.
///
/// Ownership: yours; free it with `countermark_login_result_free`. Threads: immutable, may be shared.
pub struct countermark_login_result(pub(super) LoginOutcome);

/// How the login stood. The view of `*out` belongs to the result.
///
/// # Safety
/// `result` is live; `out` points to a writable outcome; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_result_read(
    result: *const countermark_login_result,
    out: *mut countermark_login_outcome,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, countermark_login_outcome::EMPTY)?;
            *out = countermark_login_outcome::of(&object(result)?.0);
            Ok(())
        })
    }
}

/// The SecSign ID that approved: `*secsign_id` belongs to the result.
///
/// Errors: LOGIN_PENDING, LOGIN_DENIED, LOGIN_EXPIRED, LOGIN_SUSPENDED, LOGIN_CANCELED or LOGIN_INVALID, the reason why there is none.
///
/// # Safety
/// `result` is live; `secsign_id` points to a writable view; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_result_require_approved(
    result: *const countermark_login_result,
    secsign_id: *mut countermark_str,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let secsign_id = output(secsign_id, countermark_str::ABSENT)?;
            *secsign_id = object(result)?.0.require_approved()?.into();
            Ok(())
        })
    }
}

/// Frees a result. NULL is allowed.
///
/// # Safety
/// `result` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_result_free(result: *mut countermark_login_result) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(result) });
}
