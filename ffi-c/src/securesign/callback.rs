//! The callback: what it claims, and what its signature proves.

use super::{config::countermark_securesign_pending, countermark_securesign_client};
use crate::{
    boundary::{bytes, guard, guard_value, object, output, text},
    handle,
    option::time,
    status::{countermark_error, countermark_status},
    view::countermark_str,
};
use countermark::facade;
use std::{ffi::c_char, ptr::null_mut};

/// What a callback claims. Signed by nobody: use it only to find the pending request, and then `countermark_securesign_complete`.
///
/// Ownership: yours; free it with `countermark_securesign_hint_free`. Threads: immutable, may be shared.
pub struct countermark_securesign_hint(facade::SecureSignHint);

/// A signature over the stored digest, verified with the certificate that was given.
///
/// Ownership: yours; free it with `countermark_securesign_result_free`. Threads: immutable, may be shared.
pub struct countermark_securesign_result {
    result: facade::SecureSignResult,
    once: facade::StoreKey,
}

/// What a callback claims. Its views belong to the hint.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_securesign_hint_view {
    /// The id of the request that it claims to answer.
    pub request_id: countermark_str,
    /// The name of the error that it claims; absent if none.
    pub code: countermark_str,
    /// The signature that it brings, not verified: bytes; absent if none.
    pub signature: countermark_str,
    /// When it claims to have been signed, in Unix milliseconds, or `COUNTERMARK_NO_TIME`.
    pub signed_at_ms: i64,
    /// 1 if it claims that the document was signed.
    pub claims_success: i32,
}

/// What was verified. Its views belong to the result.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_securesign_result_view {
    /// The id of the request.
    pub request_id: countermark_str,
    /// The signature: bytes.
    pub signature: countermark_str,
    /// The serial number of the certificate, in lower-case hex.
    pub certificate_serial: countermark_str,
    /// The key to add to the store before acting on the result; if it is there already, answer ALREADY_CONSUMED.
    pub once_key: countermark_str,
    /// How long to keep that key, in seconds.
    pub once_ttl_s: u32,
}

/// Reads the `ss_result` of a callback's raw query string, without `?`.
///
/// Errors: MISSING_PARAMETER, DUPLICATE_FIELD, INVALID_ENCODING, MALFORMED_BODY, MISSING_FIELD, INVALID_FIELD, TOO_LARGE.
///
/// # Safety
/// The query is readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_read_callback(
    query: *const c_char,
    query_len: usize,
    out: *mut *mut countermark_securesign_hint,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let hint = facade::read_securesign_callback(text(query, query_len)?)?;
            *out = handle::into_raw(countermark_securesign_hint(hint));
            Ok(())
        })
    }
}

/// Reads what a callback claims, all of it in one call.
///
/// # Safety
/// `hint` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_hint_read(
    hint: *const countermark_securesign_hint,
    out: *mut countermark_securesign_hint_view,
    error: *mut *mut countermark_error,
) -> countermark_status {
    let empty = countermark_securesign_hint_view {
        request_id: countermark_str::ABSENT,
        code: countermark_str::ABSENT,
        signature: countermark_str::ABSENT,
        signed_at_ms: 0,
        claims_success: 0,
    };
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, empty)?;
            let hint = &object(hint)?.0;
            *out = countermark_securesign_hint_view {
                request_id: hint.request_id.as_str().into(),
                code: hint.code.map(facade::SecureSignCode::name).into(),
                signature: hint.signature.as_deref().into(),
                signed_at_ms: time(hint.signed_at_ms),
                claims_success: i32::from(hint.claims_success),
            };
            Ok(())
        })
    }
}

/// Checks a callback against the request that was stored under its id, with the certificate of the signer in DER. Whoever hands the
/// certificate in vouches for it. If the store has nothing under the id, answer UNKNOWN_REQUEST.
///
/// Errors: UNKNOWN_REQUEST for another id; SESSION_EXPIRED; UNVERIFIED; what the callback claims if it claims an error; INVALID_INPUT
/// for a stored digest of another length, and for what is no certificate; UNSUPPORTED for one whose key is not RSA of 2048 to 8192 bits for
/// PKCS#1 v1.5, or P-256.
///
/// # Safety
/// `client` and `hint` are live; `pending` and the certificate are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_complete(
    client: *const countermark_securesign_client,
    hint: *const countermark_securesign_hint,
    pending: *const countermark_securesign_pending,
    certificate_der: *const c_char,
    certificate_der_len: usize,
    now_ms: i64,
    out: *mut *mut countermark_securesign_result,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let result = object(client)?.0.complete(
                &object(hint)?.0,
                &object(pending)?.read()?,
                bytes(certificate_der, certificate_der_len)?,
                now_ms,
            )?;
            *out = handle::into_raw(countermark_securesign_result {
                once: result.once_key(),
                result,
            });
            Ok(())
        })
    }
}

/// Reads a result, all of it in one call.
///
/// # Safety
/// `result` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_result_read(
    result: *const countermark_securesign_result,
    out: *mut countermark_securesign_result_view,
    error: *mut *mut countermark_error,
) -> countermark_status {
    let empty = countermark_securesign_result_view {
        request_id: countermark_str::ABSENT,
        signature: countermark_str::ABSENT,
        certificate_serial: countermark_str::ABSENT,
        once_key: countermark_str::ABSENT,
        once_ttl_s: 0,
    };
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, empty)?;
            let it = object(result)?;
            *out = countermark_securesign_result_view {
                request_id: it.result.request_id().into(),
                signature: countermark_str::new(it.result.signature()),
                certificate_serial: it.result.certificate_serial().into(),
                once_key: it.once.key.as_str().into(),
                once_ttl_s: it.once.ttl_s,
            };
            Ok(())
        })
    }
}

/// Frees a hint. NULL is allowed.
///
/// # Safety
/// `hint` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_hint_free(hint: *mut countermark_securesign_hint) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(hint) });
}

/// Frees a result. NULL is allowed.
///
/// # Safety
/// `result` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_securesign_result_free(
    result: *mut countermark_securesign_result,
) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(result) });
}
