//! Signing queries.

use super::config::countermark_query_config;
use crate::{
    boundary::{array, bytes, guard, guard_value, object, output, view_opt},
    handle,
    owned::countermark_bytes,
    status::{countermark_error, countermark_status},
    view::countermark_pair,
};
use countermark::{Result, facade};
use std::{ffi::c_char, ptr::null_mut};

/// Signs queries of one profile.
///
/// Ownership: yours; free it with `countermark_query_signer_free`. Threads: immutable, may be shared.
pub struct countermark_query_signer(facade::QuerySigner);

/// Checks the settings and prepares the key. `config` holds exactly one key.
///
/// Errors: as `countermark_query_verifier_new`.
///
/// # Safety
/// `config` is readable with its keys and texts; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_query_signer_new(
    config: *const countermark_query_config,
    out: *mut *mut countermark_query_signer,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let signer = facade::QuerySigner::new(object(config)?.signer()?)?;
            *out = handle::into_raw(countermark_query_signer(signer));
            Ok(())
        })
    }
}

/// The signed query, without a `?`. `entropy`: 16 fresh random bytes for `COUNTERMARK_QUERY_V1`, none for the others.
///
/// Errors: INVALID_INPUT, INVALID_FIELD, MISSING_FIELD, EMPTY_FIELD, DUPLICATE_FIELD, TOO_LARGE.
///
/// # Safety
/// `signer` is live; fields and entropy are readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_query_signer_sign(
    signer: *const countermark_query_signer,
    fields: *const countermark_pair,
    fields_len: usize,
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
            let field = |pair: &countermark_pair| {
                Ok(facade::QueryField {
                    name: view_opt(pair.name)?.unwrap_or_default().to_owned(),
                    value: view_opt(pair.value)?.unwrap_or_default().to_owned(),
                })
            };
            let fields = array(fields, fields_len)?
                .iter()
                .map(field)
                .collect::<Result<Vec<_>>>()?;
            let query = object(signer)?
                .0
                .sign(&fields, now_ms, bytes(entropy, entropy_len)?)?;
            *out = countermark_bytes::into_raw(query.into_bytes());
            Ok(())
        })
    }
}

/// Frees a signer. NULL is allowed.
///
/// # Safety
/// `signer` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_query_signer_free(signer: *mut countermark_query_signer) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(signer) });
}
