//! The table of schemes, for people and tools.

use crate::{
    boundary::{guard, guard_value, no_such_row, object, output},
    handle,
    option::COUNTERMARK_DEFAULT,
    status::{countermark_error, countermark_status},
    view::countermark_str,
};
use countermark::facade;
use std::ptr::{null, null_mut};

/// The table of webhook schemes.
///
/// Ownership: yours; free it with `countermark_webhook_schemes_free`. Threads: immutable, may be shared.
pub struct countermark_webhook_schemes(Vec<Scheme>);

struct Scheme {
    info: facade::SchemeInfo,
    signature_headers: Vec<countermark_str>,
    covers: Vec<countermark_str>,
}

/// What the table says about a scheme. Its views belong to the table.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_webhook_scheme {
    /// The id.
    pub id: countermark_str,
    /// The name for people.
    pub title: countermark_str,
    /// Where the facts come from.
    pub source: countermark_str,
    /// A weakness of the scheme that no verifier can mend; may be empty.
    pub weakness: countermark_str,
    /// The signed bytes as a template.
    pub signed_parts: countermark_str,
    /// What the signature is, such as `hmac`.
    pub digest: countermark_str,
    /// How keys are written, such as `utf8`.
    pub key: countermark_str,
    /// The headers with signatures.
    pub signature_headers: *const countermark_str,
    /// How many.
    pub signature_headers_len: usize,
    /// The names of what the signature covers, such as `body`.
    pub covers: *const countermark_str,
    /// How many.
    pub covers_len: usize,
    /// Oldest accepted time in seconds; `COUNTERMARK_DEFAULT` for a scheme without signed time.
    pub max_age_s: i64,
    /// Newest accepted time in seconds ahead of the clock; `COUNTERMARK_DEFAULT` for a scheme without signed time.
    pub max_future_s: i64,
}

/// Hands out the table.
///
/// # Safety
/// `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_schemes_new(
    out: *mut *mut countermark_webhook_schemes,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let schemes = facade::list_schemes().into_iter().map(Scheme::from);
            *out = handle::into_raw(countermark_webhook_schemes(schemes.collect()));
            Ok(())
        })
    }
}

/// The number of schemes; 0 for NULL.
///
/// # Safety
/// `schemes` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_schemes_len(
    schemes: *const countermark_webhook_schemes,
) -> usize {
    // SAFETY: the caller's promise.
    guard_value(0, || unsafe { schemes.as_ref() }.map_or(0, |it| it.0.len()))
}

/// The scheme at `index`.
///
/// Errors: INVALID_INPUT beyond the last.
///
/// # Safety
/// `schemes` is live; `out` points to a writable scheme; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_schemes_row(
    schemes: *const countermark_webhook_schemes,
    index: usize,
    out: *mut countermark_webhook_scheme,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, countermark_webhook_scheme::EMPTY)?;
            *out = object(schemes)?.0.get(index).ok_or_else(no_such_row)?.row();
            Ok(())
        })
    }
}

/// Frees the table. NULL is allowed.
///
/// # Safety
/// `schemes` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_schemes_free(
    schemes: *mut countermark_webhook_schemes,
) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(schemes) });
}

impl From<facade::SchemeInfo> for Scheme {
    fn from(info: facade::SchemeInfo) -> Self {
        Self {
            signature_headers: info
                .signature_headers
                .iter()
                .map(|name| name.as_str().into())
                .collect(),
            covers: info.covers.iter().map(|part| part.name().into()).collect(),
            info,
        }
    }
}

impl Scheme {
    fn row(&self) -> countermark_webhook_scheme {
        let seconds =
            |limit: Option<u32>| limit.map_or_else(|| i64::from(COUNTERMARK_DEFAULT), i64::from);
        countermark_webhook_scheme {
            id: self.info.id.as_str().into(),
            title: self.info.title.as_str().into(),
            source: self.info.source.as_str().into(),
            weakness: self.info.weakness.as_str().into(),
            signed_parts: self.info.signed.as_str().into(),
            digest: self.info.digest.name().into(),
            key: self.info.key.name().into(),
            signature_headers: self.signature_headers.as_ptr(),
            signature_headers_len: self.signature_headers.len(),
            covers: self.covers.as_ptr(),
            covers_len: self.covers.len(),
            max_age_s: seconds(self.info.max_age_s),
            max_future_s: seconds(self.info.max_future_s),
        }
    }
}

impl countermark_webhook_scheme {
    const EMPTY: Self = Self {
        id: countermark_str::ABSENT,
        title: countermark_str::ABSENT,
        source: countermark_str::ABSENT,
        weakness: countermark_str::ABSENT,
        signed_parts: countermark_str::ABSENT,
        digest: countermark_str::ABSENT,
        key: countermark_str::ABSENT,
        signature_headers: null(),
        signature_headers_len: 0,
        covers: null(),
        covers_len: 0,
        max_age_s: 0,
        max_future_s: 0,
    };
}
