//! What to answer a webhook sender: to its handshake, to a webhook that was taken, and to one that was refused.

use super::request::{Headers, countermark_webhook_request};
use crate::{
    boundary::{bytes, guard, guard_value, object, output, text},
    handle,
    owned::countermark_bytes,
    status::{countermark_error, countermark_status},
    view::countermark_str,
};
use countermark::{ErrorCode, Secret, facade};
use std::{ffi::c_char, ptr::null_mut};

/// The scheme has no handshake.
pub const COUNTERMARK_HANDSHAKE_NONE: i32 = 0;
/// Answer the handshake instead of verifying: the sender does not sign it.
pub const COUNTERMARK_HANDSHAKE_BEFORE_VERIFY: i32 = 1;
/// Answer the handshake only after it was verified: the sender signs it, and tests that a wrong signature is refused.
pub const COUNTERMARK_HANDSHAKE_AFTER_VERIFY: i32 = 2;

/// An HTTP answer.
///
/// Ownership: yours; free it with `countermark_webhook_answer_free`. Threads: immutable, may be shared.
pub struct countermark_webhook_answer(facade::WebhookAnswer);

/// An HTTP answer. Send `X-Content-Type-Options: nosniff` with it. Its views belong to the answer.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_webhook_answer_view {
    /// The `Content-Type`; empty for none.
    pub content_type: countermark_str,
    /// The body.
    pub body: countermark_str,
    /// The status.
    pub status: u32,
}

/// When the handshake of a scheme is to be answered: `COUNTERMARK_HANDSHAKE_*`.
///
/// # Safety
/// The text is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_handshake_order(
    scheme: *const c_char,
    scheme_len: usize,
) -> i32 {
    guard_value(COUNTERMARK_HANDSHAKE_NONE, || {
        // SAFETY: the caller's promise.
        let order = unsafe { text(scheme, scheme_len) }
            .ok()
            .and_then(facade::webhook_handshake_order);
        match order {
            None => COUNTERMARK_HANDSHAKE_NONE,
            Some(facade::HandshakeOrder::BeforeVerify) => COUNTERMARK_HANDSHAKE_BEFORE_VERIFY,
            Some(facade::HandshakeOrder::AfterVerify) => COUNTERMARK_HANDSHAKE_AFTER_VERIFY,
        }
    })
}

/// The answer to a handshake; `*out` stays NULL if the request is not one. Mind the order.
///
/// `secret` is Zoom's secret token, the verify token that was typed in at Meta, and Notion's verification token once it is known;
/// NULL and 0 for other schemes.
///
/// Errors: MISSING_CONTEXT without the secret, or the method for Trello; SIGNATURE_MISMATCH for another verify token; MISSING_FIELD,
/// MISSING_PARAMETER, INVALID_FIELD, DUPLICATE_FIELD, INVALID_ENCODING, MALFORMED_BODY, AMBIGUOUS_INPUT.
///
/// # Safety
/// Texts, request and body are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_handshake_answer(
    scheme: *const c_char,
    scheme_len: usize,
    secret: *const c_char,
    secret_len: usize,
    request: *const countermark_webhook_request,
    body: *const c_char,
    body_len: usize,
    out: *mut *mut countermark_webhook_answer,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let mut headers = Headers::EMPTY;
            let request = object(request)?.read(&mut headers)?;
            let given = bytes(secret, secret_len)?;
            let secret = (!secret.is_null()).then(|| Secret::from(given));
            let answer = facade::answer_webhook_handshake(
                text(scheme, scheme_len)?,
                secret.as_ref(),
                &request,
                bytes(body, body_len)?,
            )?;
            if let Some(answer) = answer {
                *out = handle::into_raw(countermark_webhook_answer(answer));
            }
            Ok(())
        })
    }
}

/// The secret that a handshake hands over, for an operator to confirm at the sender; so far Notion's only. `*out` stays NULL if there
/// is no such secret. It comes unsigned: take it only while none is configured.
///
/// Errors: MISSING_FIELD or INVALID_FIELD for one that is not usable.
///
/// # Safety
/// Text and body are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_handshake_secret(
    scheme: *const c_char,
    scheme_len: usize,
    body: *const c_char,
    body_len: usize,
    out: *mut *mut countermark_bytes,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let scheme = text(scheme, scheme_len)?;
            if let Some(secret) = facade::webhook_handshake_secret(scheme, bytes(body, body_len)?)?
            {
                *out = countermark_bytes::of_secret(secret);
            }
            Ok(())
        })
    }
}

/// The HTTP status that the sender of a scheme expects for an error.
///
/// # Safety
/// The text is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_error_status(
    scheme: *const c_char,
    scheme_len: usize,
    status: countermark_status,
) -> u32 {
    guard_value(u32::from(ErrorCode::Internal.info().http_status), || {
        // SAFETY: the caller's promise.
        let scheme = unsafe { text(scheme, scheme_len) }.unwrap_or_default();
        let code = u32::try_from(status).ok().and_then(ErrorCode::from_number);
        facade::webhook_error_status(scheme, code.unwrap_or(ErrorCode::Internal))
    })
}

/// The answer to a webhook that was taken.
///
/// # Safety
/// The text is readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_success(
    scheme: *const c_char,
    scheme_len: usize,
    out: *mut *mut countermark_webhook_answer,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let answer = facade::webhook_success(text(scheme, scheme_len)?);
            *out = handle::into_raw(countermark_webhook_answer(answer));
            Ok(())
        })
    }
}

/// Reads an answer, all of it in one call.
///
/// # Safety
/// `answer` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_answer_read(
    answer: *const countermark_webhook_answer,
    out: *mut countermark_webhook_answer_view,
    error: *mut *mut countermark_error,
) -> countermark_status {
    let empty = countermark_webhook_answer_view {
        content_type: countermark_str::ABSENT,
        body: countermark_str::ABSENT,
        status: 0,
    };
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, empty)?;
            let answer = &object(answer)?.0;
            *out = countermark_webhook_answer_view {
                content_type: answer.content_type.as_str().into(),
                body: countermark_str::new(&answer.body),
                status: answer.status,
            };
            Ok(())
        })
    }
}

/// Frees an answer. NULL is allowed.
///
/// # Safety
/// `answer` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_answer_free(answer: *mut countermark_webhook_answer) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(answer) });
}
