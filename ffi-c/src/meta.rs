//! Versions and the error table, for checks when the library is loaded.

use crate::{
    boundary::{guard, guard_value, no_such_row, output},
    status::{countermark_error, countermark_status},
    view::countermark_str,
};
use countermark::facade;

/// The version of this ABI. Compare it with the one you were built for before any other call.
#[unsafe(no_mangle)]
pub extern "C" fn countermark_abi_version() -> u32 {
    facade::ABI_VERSION
}

/// The version of the library, such as `0.1.0`. Static text.
#[unsafe(no_mangle)]
pub extern "C" fn countermark_version() -> countermark_str {
    guard_value(countermark_str::ABSENT, || facade::VERSION.into())
}

/// A row of the error table. All text is static.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_error_row {
    /// The stable number.
    pub number: countermark_status,
    /// The HTTP status that a middleware should answer.
    pub http_status: u32,
    /// The stable name.
    pub name: countermark_str,
    /// The group: `caller`, `not_authentic`, `not_acceptable`, `login_ended`, `server`, `transport` or `internal`.
    pub group: countermark_str,
    /// What happened, for logs.
    pub message: countermark_str,
    /// What to do about it, for the operator.
    pub hint: countermark_str,
    /// 1 if the same call may succeed later without any change.
    pub retryable: u8,
    /// 1 if `message` may be shown to a remote party.
    pub is_public: u8,
}

/// A state of an AuthSession. All text is static.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_state_row {
    /// The stable name.
    pub name: countermark_str,
    /// The number on the wire.
    pub number: u32,
    /// 1 if the state cannot change any more.
    pub is_terminal: i32,
}

/// The number of states of an AuthSession.
#[unsafe(no_mangle)]
pub extern "C" fn countermark_state_table_len() -> usize {
    guard_value(0, || facade::list_states().len())
}

/// State `index` of an AuthSession, in order of number.
///
/// Errors: INVALID_INPUT beyond the last.
///
/// # Safety
/// `out` points to a writable row; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_state_table_row(
    index: usize,
    out: *mut countermark_state_row,
    error: *mut *mut countermark_error,
) -> countermark_status {
    let empty = countermark_state_row {
        name: countermark_str::ABSENT,
        number: 0,
        is_terminal: 0,
    };
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, empty)?;
            let state = facade::list_states().get(index).ok_or_else(no_such_row)?;
            *out = countermark_state_row {
                name: state.name().into(),
                number: state.number(),
                is_terminal: i32::from(state.is_terminal()),
            };
            Ok(())
        })
    }
}

/// The number of rows of the error table.
#[unsafe(no_mangle)]
pub extern "C" fn countermark_error_table_len() -> usize {
    guard_value(0, || facade::list_errors().len())
}

/// Row `index` of the error table, in order of number.
///
/// Errors: INVALID_INPUT beyond the last row.
///
/// # Safety
/// `out` points to a writable row; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_error_table_row(
    index: usize,
    out: *mut countermark_error_row,
    error: *mut *mut countermark_error,
) -> countermark_status {
    let empty = countermark_error_row {
        number: 0,
        http_status: 0,
        name: countermark_str::ABSENT,
        group: countermark_str::ABSENT,
        message: countermark_str::ABSENT,
        hint: countermark_str::ABSENT,
        retryable: 0,
        is_public: 0,
    };
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, empty)?;
            let row = facade::list_errors().get(index).ok_or_else(no_such_row)?;
            *out = countermark_error_row {
                number: row.number as countermark_status,
                http_status: u32::from(row.http_status),
                name: row.name.into(),
                group: row.class.name().into(),
                message: row.message.into(),
                hint: row.hint.into(),
                retryable: u8::from(row.retryable),
                is_public: u8::from(row.public),
            };
            Ok(())
        })
    }
}
