//! How a login stands or ended.

use super::countermark_login;
use crate::{
    boundary::{guard, object_mut, output},
    status::{countermark_error, countermark_status},
    view::countermark_str,
};
use countermark::facade;

/// Waiting for the user.
pub const COUNTERMARK_OUTCOME_PENDING: i32 = 1;
/// The phone has loaded the session; waiting for the user.
pub const COUNTERMARK_OUTCOME_FETCHED: i32 = 2;
/// Approved by the user whom the server states.
pub const COUNTERMARK_OUTCOME_APPROVED: i32 = 3;
/// Refused by the user.
pub const COUNTERMARK_OUTCOME_DENIED: i32 = 4;
/// Not answered in time.
pub const COUNTERMARK_OUTCOME_EXPIRED: i32 = 5;
/// Ended by another login for the same ID.
pub const COUNTERMARK_OUTCOME_SUSPENDED: i32 = 6;
/// Withdrawn by the service.
pub const COUNTERMARK_OUTCOME_CANCELED: i32 = 7;
/// Not valid, or of no state.
pub const COUNTERMARK_OUTCOME_INVALID: i32 = 8;
/// Released; says nothing about the server's answer.
pub const COUNTERMARK_OUTCOME_RELEASED: i32 = 9;

/// How a login stands. `secsign_id` belongs to the object that it came from.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_login_outcome {
    /// `COUNTERMARK_OUTCOME_*`.
    pub kind: i32,
    /// Who approved, by the server's statement; absent unless approved. Log in this one, never the one that was typed.
    pub secsign_id: countermark_str,
}

impl countermark_login_outcome {
    pub(crate) const EMPTY: Self = Self {
        kind: 0,
        secsign_id: countermark_str::ABSENT,
    };

    /// The view belongs to `outcome`.
    pub(crate) fn of(outcome: &facade::LoginOutcome) -> Self {
        Self {
            kind: kind(outcome.kind()),
            secsign_id: outcome.secsign_id().into(),
        }
    }
}

/// How the login stands.
///
/// Errors: what went wrong; WRONG_STATE before the last step.
///
/// # Safety
/// `login` is live; `out` points to a writable outcome; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_get_outcome(
    login: *mut countermark_login,
    out: *mut countermark_login_outcome,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, countermark_login_outcome::EMPTY)?;
            let login = object_mut(login)?;
            let outcome = login.outcome.insert(login.machine.outcome()?);
            *out = countermark_login_outcome::of(outcome);
            Ok(())
        })
    }
}

/// The SecSign ID that approved: `*secsign_id` belongs to the login.
///
/// Errors: LOGIN_PENDING, LOGIN_DENIED, LOGIN_EXPIRED, LOGIN_SUSPENDED, LOGIN_CANCELED or LOGIN_INVALID, the reason why there is none; what
/// went wrong; WRONG_STATE before the last step.
///
/// # Safety
/// `login` is live; `secsign_id` points to a writable view; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_login_require_approved(
    login: *mut countermark_login,
    secsign_id: *mut countermark_str,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let secsign_id = output(secsign_id, countermark_str::ABSENT)?;
            let login = object_mut(login)?;
            let outcome = login.outcome.insert(login.machine.outcome()?);
            *secsign_id = outcome.require_approved()?.into();
            Ok(())
        })
    }
}

fn kind(outcome: facade::Outcome) -> i32 {
    use facade::Outcome;
    match outcome {
        Outcome::Pending => COUNTERMARK_OUTCOME_PENDING,
        Outcome::Fetched => COUNTERMARK_OUTCOME_FETCHED,
        Outcome::Approved => COUNTERMARK_OUTCOME_APPROVED,
        Outcome::Denied => COUNTERMARK_OUTCOME_DENIED,
        Outcome::Expired => COUNTERMARK_OUTCOME_EXPIRED,
        Outcome::Suspended => COUNTERMARK_OUTCOME_SUSPENDED,
        Outcome::Canceled => COUNTERMARK_OUTCOME_CANCELED,
        Outcome::Invalid => COUNTERMARK_OUTCOME_INVALID,
        Outcome::Released => COUNTERMARK_OUTCOME_RELEASED,
    }
}
