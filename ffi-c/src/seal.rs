//! Sealed sessions: what a page may hold of a login.

use crate::{
    boundary::{
        array, bytes, guard, guard_value, object, output, text, text_or, view_bytes, view_opt,
    },
    handle,
    login::countermark_auth_session,
    option::validity,
    owned::countermark_bytes,
    status::{countermark_error, countermark_status},
    view::countermark_str,
};
use countermark::{ErrorCode, Result, Secret, facade};
use std::{ffi::c_char, ptr::null_mut};

/// A key that seals sessions.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_seal_key {
    /// The name of the key, 1 to 255 bytes. It is readable in every token.
    pub id: countermark_str,
    /// 32 random bytes. Copied, and wiped when the sealer is freed.
    pub secret: countermark_str,
    /// First millisecond of validity (Unix time), or `COUNTERMARK_ALWAYS_BEFORE`. Both 0: INVALID_CONFIG.
    pub not_before_ms: i64,
    /// Last millisecond of validity (Unix time), or `COUNTERMARK_ALWAYS_AFTER`.
    pub not_after_ms: i64,
}

/// Turns a session into an opaque token for one visitor, and back.
///
/// Ownership: yours; free it with `countermark_sealer_free`. Threads: immutable, may be shared.
pub struct countermark_sealer(facade::Sealer);

/// The first key that is valid seals, all of them open. Name and address are those of the login service.
///
/// Errors: INVALID_SECRET, INVALID_CONFIG.
///
/// # Safety
/// Keys and texts are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_sealer_new(
    keys: *const countermark_seal_key,
    keys_len: usize,
    service_name: *const c_char,
    service_name_len: usize,
    service_address: *const c_char,
    service_address_len: usize,
    out: *mut *mut countermark_sealer,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let key = |key: &countermark_seal_key| {
                let (not_before_ms, not_after_ms) = validity(key.not_before_ms, key.not_after_ms)?;
                Ok(facade::SealKey {
                    id: view_opt(key.id)?.unwrap_or_default().to_owned(),
                    secret: Secret::from(view_bytes(key.secret)?),
                    not_before_ms,
                    not_after_ms,
                })
            };
            let keys = array(keys, keys_len)?
                .iter()
                .map(key)
                .collect::<Result<Vec<_>>>()?;
            let name = text(service_name, service_name_len)?;
            let address = text(service_address, service_address_len)?;
            *out = handle::into_raw(countermark_sealer(facade::Sealer::new(
                keys, name, address,
            )?));
            Ok(())
        })
    }
}

/// Seals a session for one visitor: base64url text. `binding` is what only this visitor's browser has, such as the value of a
/// pre-login cookie; `entropy` is 24 fresh random bytes.
///
/// Errors: INVALID_INPUT, HANDLE_EXPIRED, INVALID_CONFIG.
///
/// # Safety
/// `sealer` and `session` are live; binding and entropy are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_sealer_seal(
    sealer: *const countermark_sealer,
    session: *const countermark_auth_session,
    binding: *const c_char,
    binding_len: usize,
    entropy: *const c_char,
    entropy_len: usize,
    now_ms: i64,
    out: *mut *mut countermark_bytes,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let (binding, entropy) = (bytes(binding, binding_len)?, bytes(entropy, entropy_len)?);
            let token = object(sealer)?
                .0
                .seal(&object(session)?.0, binding, now_ms, entropy)?;
            *out = countermark_bytes::into_raw(token.into_bytes());
            Ok(())
        })
    }
}

/// Opens a token that was sealed here for this visitor.
///
/// Errors: HANDLE_EXPIRED for a true token whose time is over; UNKNOWN_HANDLE for everything else; INVALID_INPUT.
///
/// # Safety
/// `sealer` is live; token and binding are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_sealer_open(
    sealer: *const countermark_sealer,
    token: *const c_char,
    token_len: usize,
    binding: *const c_char,
    binding_len: usize,
    now_ms: i64,
    out: *mut *mut countermark_auth_session,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let token = text_or(token, token_len, ErrorCode::UnknownHandle)?;
            let binding = bytes(binding, binding_len)?;
            let session = object(sealer)?.0.open(token, binding, now_ms)?;
            *out = handle::into_raw(countermark_auth_session(session));
            Ok(())
        })
    }
}

/// Frees a sealer. NULL is allowed.
///
/// # Safety
/// `sealer` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_sealer_free(sealer: *mut countermark_sealer) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(sealer) });
}
