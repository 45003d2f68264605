//! Webhooks: verify. The other calls are in the files beside this one.

mod answer;
mod block;
mod config;
mod explain;
mod request;
mod scheme;
mod sign;
mod spec;

use crate::{
    boundary::{bytes, guard, guard_value, object, output, text},
    handle,
    option::time,
    owned::countermark_bytes,
    status::{countermark_error, countermark_status},
    view::{countermark_pair, countermark_str},
};
use config::countermark_webhook_config;
use countermark::facade;
use request::{Headers, countermark_webhook_request};
use std::{
    ffi::c_char,
    ptr::null_mut,
    sync::{Arc, OnceLock},
};

/// Verifies webhooks of one scheme.
///
/// Ownership: yours; free it with `countermark_webhook_verifier_free`. Threads: immutable, may be shared.
pub struct countermark_webhook_verifier {
    verifier: facade::WebhookVerifier,
    unusable: Vec<String>,
    header_names: Vec<String>,
    scheme: OnceLock<Arc<Scheme>>,
}

/// What is the same for every webhook of a verifier.
struct Scheme {
    id: String,
    covers: Vec<countermark_str>,
}

/// A webhook whose signature and time are good. The body stays with you: it is the one that you passed.
///
/// Ownership: yours; free it with `countermark_verified_webhook_free`. Threads: immutable, may be shared.
pub struct countermark_verified_webhook {
    webhook: facade::VerifiedWebhook<()>,
    scheme: Arc<Scheme>,
    parts: OnceLock<Parts>,
}

/// What a view points to, made when somebody looks.
struct Parts {
    replay_key: Option<String>,
    fields: Vec<countermark_pair>,
}

/// What a verified webhook says. Its views belong to the webhook.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_verified_webhook_view {
    /// The id of the scheme.
    pub scheme: countermark_str,
    /// The id of the key that matched.
    pub key_id: countermark_str,
    /// The message id; absent where the scheme signs none.
    pub message_id: countermark_str,
    /// The key under which a second copy is known; absent for a static token. Reserve it before anything is done.
    pub replay_key: countermark_str,
    /// The signed time, in Unix milliseconds, or `COUNTERMARK_NO_TIME` where the scheme signs none.
    pub timestamp_ms: i64,
    /// Until when to keep the replay key, in Unix milliseconds, or `COUNTERMARK_NO_TIME` if no time was checked: the same message
    /// would be accepted for ever.
    pub replay_until_ms: i64,
    /// The parameters or fields that the signature covers, for schemes that sign some of them.
    pub fields: *const countermark_pair,
    /// How many.
    pub fields_len: usize,
    /// The names of what the signature covers, such as `body`. None for a static token.
    pub covers: *const countermark_str,
    /// How many.
    pub covers_len: usize,
    /// 1 if the signature covers the whole body; with 0 anybody on the way may have written it.
    pub covers_body: i32,
}

/// Prepares the keys. A key that cannot be used does not mask the good ones: see `countermark_webhook_verifier_unusable_key`.
///
/// Errors: UNKNOWN_SCHEME, INVALID_CONFIG, INVALID_SECRET, UNSUPPORTED.
///
/// # Safety
/// `config` is readable with its keys, texts and scheme; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_verifier_new(
    config: *const countermark_webhook_config,
    out: *mut *mut countermark_webhook_verifier,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let verifier = facade::WebhookVerifier::new(object(config)?.read()?)?;
            *out = handle::into_raw(countermark_webhook_verifier {
                unusable: verifier.unusable_keys(),
                header_names: verifier.header_names(),
                verifier,
                scheme: OnceLock::new(),
            });
            Ok(())
        })
    }
}

/// The id of the key at `index` of those that could not be used; absent beyond the last. Tell the operator.
///
/// # Safety
/// `verifier` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_verifier_unusable_key(
    verifier: *const countermark_webhook_verifier,
    index: usize,
) -> countermark_str {
    guard_value(countermark_str::ABSENT, || {
        // SAFETY: the caller's promise.
        unsafe { verifier.as_ref() }
            .and_then(|it| it.unusable.get(index).map(String::as_str))
            .into()
    })
}

/// Whether `countermark_webhook_keep_until_ms` needs a `keep_s` for its webhooks: 1 where they have a replay key and say no end of it, since
/// their scheme signs no time or it is not checked; else 0, as for NULL.
///
/// # Safety
/// `verifier` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_verifier_needs_keep(
    verifier: *const countermark_webhook_verifier,
) -> i32 {
    guard_value(0, || {
        // SAFETY: the caller's promise.
        unsafe { verifier.as_ref() }
            .is_some_and(|it| it.verifier.needs_keep())
            .into()
    })
}

/// Checks the origin that a site is configured with, `https://host[:port]` or `http://…`, and perhaps a prefix of the path that a proxy takes
/// away; NULL for none. Gives what stands before the path in the URL that senders call: empty where none is needed and none is given.
///
/// Errors: INVALID_CONFIG for a text that is no origin, and for none where the scheme signs the URL.
///
/// # Safety
/// `verifier` is live; the text is NULL or readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_verifier_site_origin(
    verifier: *const countermark_webhook_verifier,
    origin: *const c_char,
    origin_len: usize,
    out: *mut *mut countermark_bytes,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let origin = match origin.is_null() {
                true => None,
                false => Some(text(origin, origin_len)?),
            };
            let origin = object(verifier)?.verifier.site_origin(origin)?;
            *out = countermark_bytes::into_raw(origin.into_bytes());
            Ok(())
        })
    }
}

/// The name at `index` of the headers that verifying looks at, each once; absent beyond the last. One that ends in `#` stands for all
/// that begin with what is before it. For hosts to which each header costs: they may leave out all others, and must hand over every
/// header with one of these names, in any case and however often it came.
///
/// # Safety
/// `verifier` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_verifier_header_name(
    verifier: *const countermark_webhook_verifier,
    index: usize,
) -> countermark_str {
    guard_value(countermark_str::ABSENT, || {
        // SAFETY: the caller's promise.
        unsafe { verifier.as_ref() }
            .and_then(|it| it.header_names.get(index).map(String::as_str))
            .into()
    })
}

/// Verifies a request: all headers as they arrived, and the raw bytes of the body. Afterwards reserve the replay key before
/// anything is done.
///
/// Errors: the first fault, of the 2xxx and 3xxx of the error table. Show the sender only the public message.
///
/// # Safety
/// `verifier` is live; request and body are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_verifier_verify(
    verifier: *const countermark_webhook_verifier,
    request: *const countermark_webhook_request,
    body: *const c_char,
    body_len: usize,
    now_ms: i64,
    out: *mut *mut countermark_verified_webhook,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let mut headers = Headers::EMPTY;
            let request = object(request)?.read(&mut headers)?;
            let verifier = object(verifier)?;
            let webhook = verifier
                .verifier
                .verify(&request, bytes(body, body_len)?, now_ms)?;
            let scheme = verifier.scheme.get_or_init(|| Scheme::of(&webhook));
            *out = handle::into_raw(countermark_verified_webhook {
                scheme: Arc::clone(scheme),
                webhook: webhook.without_body(),
                parts: OnceLock::new(),
            });
            Ok(())
        })
    }
}

/// Reads a verified webhook, all of it in one call.
///
/// # Safety
/// `webhook` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_verified_webhook_read(
    webhook: *const countermark_verified_webhook,
    out: *mut countermark_verified_webhook_view,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, countermark_verified_webhook_view::EMPTY)?;
            let it = object(webhook)?;
            let parts = it.parts.get_or_init(|| Parts::of(&it.webhook));
            *out = countermark_verified_webhook_view {
                scheme: it.scheme.id.as_str().into(),
                key_id: it.webhook.key_id().into(),
                message_id: it.webhook.message_id().into(),
                replay_key: parts.replay_key.as_deref().into(),
                timestamp_ms: time(it.webhook.timestamp_ms()),
                replay_until_ms: time(it.webhook.replay_until_ms()),
                fields: parts.fields.as_ptr(),
                fields_len: parts.fields.len(),
                covers: it.scheme.covers.as_ptr(),
                covers_len: it.scheme.covers.len(),
                covers_body: i32::from(it.webhook.covers_body()),
            };
            Ok(())
        })
    }
}

/// Frees a verified webhook. NULL is allowed.
///
/// # Safety
/// `webhook` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_verified_webhook_free(
    webhook: *mut countermark_verified_webhook,
) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(webhook) });
}

/// Frees a verifier. NULL is allowed. What it verified lives on.
///
/// # Safety
/// `verifier` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_verifier_free(
    verifier: *mut countermark_webhook_verifier,
) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(verifier) });
}

impl Scheme {
    fn of<B: AsRef<[u8]>>(webhook: &facade::VerifiedWebhook<B>) -> Arc<Self> {
        let covers = webhook.covers().into_iter();
        Arc::new(Self {
            id: webhook.scheme(),
            covers: covers.map(|part| part.name().into()).collect(),
        })
    }
}

impl Parts {
    fn of(webhook: &facade::VerifiedWebhook<()>) -> Self {
        Self {
            replay_key: webhook.replay_key(),
            fields: webhook
                .fields()
                .iter()
                .map(|field| countermark_pair {
                    name: field.name.as_str().into(),
                    value: countermark_str::new(&field.value),
                })
                .collect(),
        }
    }
}

impl countermark_verified_webhook_view {
    const EMPTY: Self = Self {
        scheme: countermark_str::ABSENT,
        key_id: countermark_str::ABSENT,
        message_id: countermark_str::ABSENT,
        replay_key: countermark_str::ABSENT,
        timestamp_ms: 0,
        replay_until_ms: 0,
        fields: std::ptr::null(),
        fields_len: 0,
        covers: std::ptr::null(),
        covers_len: 0,
        covers_body: 0,
    };
}
