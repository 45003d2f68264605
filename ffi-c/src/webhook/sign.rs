//! Signing webhooks.

use super::{
    config::countermark_webhook_config,
    request::{Headers, countermark_webhook_request},
};
use crate::{
    boundary::{bytes, guard, guard_value, object, output, text_opt},
    handle,
    status::{countermark_error, countermark_status},
    view::{countermark_pair, countermark_str, pairs},
};
use countermark::{Result, facade};
use std::{ffi::c_char, ptr::null_mut};

/// Signs webhooks of one scheme.
///
/// Ownership: yours; free it with `countermark_webhook_signer_free`. Threads: immutable, may be shared.
pub struct countermark_webhook_signer(facade::WebhookSigner);

/// What to send.
///
/// Ownership: yours; free it with `countermark_signed_webhook_free`. Threads: immutable, may be shared.
pub struct countermark_signed_webhook {
    signed: facade::SignedWebhook,
    headers: Vec<countermark_pair>,
}

/// What to send. What is absent stays as it was. Its views belong to the signed webhook.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_signed_webhook_view {
    /// Headers to add.
    pub headers: *const countermark_pair,
    /// How many.
    pub headers_len: usize,
    /// The URL with the signature in its path.
    pub url: countermark_str,
    /// The query with time and signature, without `?`.
    pub query: countermark_str,
    /// The body with the signature in it.
    pub body: countermark_str,
}

/// Prepares the keys: secrets, or for public-key schemes private keys. Several where the scheme carries several signatures. Of the
/// configuration only scheme and keys are used, and of a key not its validity.
///
/// Errors: UNKNOWN_SCHEME, INVALID_CONFIG, INVALID_SECRET, UNSUPPORTED.
///
/// # Safety
/// `config` is readable with its keys, texts and scheme; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_signer_new(
    config: *const countermark_webhook_config,
    out: *mut *mut countermark_webhook_signer,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            *out = handle::into_raw(countermark_webhook_signer(signer(object(config)?)?));
            Ok(())
        })
    }
}

/// # Safety
/// The configuration is readable.
unsafe fn signer(config: &countermark_webhook_config) -> Result<facade::WebhookSigner> {
    // SAFETY: the caller's promise.
    let config = unsafe { config.read()? };
    match config.spec {
        Some(spec) => facade::WebhookSigner::of_spec(spec, config.keys),
        None => facade::WebhookSigner::new(&config.scheme, config.keys),
    }
}

/// Signs a request. `message_id` is needed by schemes that sign one; else NULL and 0.
///
/// Errors: MISSING_CONTEXT, MISSING_PARAMETER, MISSING_HEADER, MALFORMED_BODY, INVALID_INPUT, UNSUPPORTED.
///
/// # Safety
/// `signer` is live; request, body and text are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_signer_sign(
    signer: *const countermark_webhook_signer,
    request: *const countermark_webhook_request,
    body: *const c_char,
    body_len: usize,
    message_id: *const c_char,
    message_id_len: usize,
    now_ms: i64,
    out: *mut *mut countermark_signed_webhook,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let mut headers = Headers::EMPTY;
            let request = object(request)?.read_own(&mut headers)?;
            let signed = object(signer)?.0.sign(
                &request,
                bytes(body, body_len)?,
                text_opt(message_id, message_id_len)?,
                now_ms,
            )?;
            *out = handle::into_raw(countermark_signed_webhook {
                headers: pairs(&signed.headers),
                signed,
            });
            Ok(())
        })
    }
}

/// Reads what to send, all of it in one call.
///
/// # Safety
/// `signed_webhook` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_signed_webhook_read(
    signed_webhook: *const countermark_signed_webhook,
    out: *mut countermark_signed_webhook_view,
    error: *mut *mut countermark_error,
) -> countermark_status {
    let empty = countermark_signed_webhook_view {
        headers: std::ptr::null(),
        headers_len: 0,
        url: countermark_str::ABSENT,
        query: countermark_str::ABSENT,
        body: countermark_str::ABSENT,
    };
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, empty)?;
            let it = object(signed_webhook)?;
            *out = countermark_signed_webhook_view {
                headers: it.headers.as_ptr(),
                headers_len: it.headers.len(),
                url: it.signed.url.as_deref().into(),
                query: it.signed.query.as_deref().into(),
                body: it.signed.body.as_deref().into(),
            };
            Ok(())
        })
    }
}

/// Frees a signed webhook. NULL is allowed.
///
/// # Safety
/// `signed_webhook` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_signed_webhook_free(
    signed_webhook: *mut countermark_signed_webhook,
) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(signed_webhook) });
}

/// Frees a signer. NULL is allowed.
///
/// # Safety
/// `signer` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_signer_free(signer: *mut countermark_webhook_signer) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(signer) });
}
