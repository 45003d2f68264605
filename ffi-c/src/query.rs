//! Signed queries: verify and sign.

mod config;
mod sign;

use crate::{
    boundary::{array, bytes, guard, guard_value, object, output, text, view_opt},
    handle,
    status::{countermark_error, countermark_status},
    view::{countermark_pair, countermark_str},
};
use config::countermark_query_config;
use countermark::{Result, facade};
use std::{ffi::c_char, ptr::null_mut, sync::OnceLock};

/// Verifies signed queries of one profile.
///
/// Ownership: yours; free it with `countermark_query_verifier_free`. Threads: immutable, may be shared.
pub struct countermark_query_verifier(facade::QueryVerifier);

/// What a query proved: its signed fields, and nothing else of it.
///
/// Ownership: yours; free it with `countermark_verified_query_free`. Threads: immutable, may be shared.
pub struct countermark_verified_query {
    query: facade::VerifiedQuery,
    // Made when somebody asks.
    fields: OnceLock<Vec<countermark_pair>>,
    replay_key: OnceLock<String>,
    ambiguous_emails: OnceLock<Vec<String>>,
}

/// What a verified query says. Its views belong to the query.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_verified_query_view {
    /// The id of the key that fits.
    pub key_id: countermark_str,
    /// The tenant of that key; absent if it has none.
    pub tenant: countermark_str,
    /// `sha1` or `hmac-sha256`.
    pub algorithm: countermark_str,
    /// The key to reserve before anything is done with the query.
    pub replay_key: countermark_str,
    /// What a OneLogin link names, for the look-up only; absent for `COUNTERMARK_QUERY_V1`.
    pub claimed_email: countermark_str,
    /// The signed time, in Unix milliseconds.
    pub signed_at_ms: i64,
    /// Until when to keep the replay key, in Unix milliseconds.
    pub replay_until_ms: i64,
    /// The signed fields.
    pub fields: *const countermark_pair,
    /// How many.
    pub fields_len: usize,
}

impl countermark_verified_query {
    fn fields(&self) -> &[countermark_pair] {
        self.fields.get_or_init(|| {
            self.query
                .fields()
                .map(|(name, value)| countermark_pair {
                    name: name.into(),
                    value: value.into(),
                })
                .collect()
        })
    }

    fn replay_key(&self) -> &str {
        self.replay_key.get_or_init(|| self.query.replay_key())
    }

    fn ambiguous_emails(&self) -> &[String] {
        self.ambiguous_emails
            .get_or_init(|| self.query.ambiguous_emails())
    }
}

/// Checks the settings and prepares the keys.
///
/// Errors: INVALID_SECRET, WEAK_SECRET, INVALID_CONFIG; the detail names the setting.
///
/// # Safety
/// `config` is readable with its keys and texts; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_query_verifier_new(
    config: *const countermark_query_config,
    out: *mut *mut countermark_query_verifier,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let verifier = facade::QueryVerifier::new(object(config)?.verifier()?)?;
            *out = handle::into_raw(countermark_query_verifier(verifier));
            Ok(())
        })
    }
}

/// Frees a verifier. NULL is allowed. What it verified lives on.
///
/// # Safety
/// `verifier` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_query_verifier_free(
    verifier: *mut countermark_query_verifier,
) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(verifier) });
}

/// Verifies the raw query, without its `?`, exactly as it arrived. Afterwards reserve the replay key before anything is done.
///
/// Errors: the first fault, of the 2xxx and 3xxx of the error table. Show a visitor only the public message.
///
/// # Safety
/// `verifier` is live; the query is readable; `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_query_verifier_verify(
    verifier: *const countermark_query_verifier,
    query: *const c_char,
    query_len: usize,
    now_ms: i64,
    out: *mut *mut countermark_verified_query,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let query = object(verifier)?
                .0
                .verify(bytes(query, query_len)?, now_ms)?;
            *out = handle::into_raw(countermark_verified_query {
                query,
                fields: OnceLock::new(),
                replay_key: OnceLock::new(),
                ambiguous_emails: OnceLock::new(),
            });
            Ok(())
        })
    }
}

/// Reads a verified query, all of it in one call.
///
/// # Safety
/// `query` is live; `out` points to a writable view; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_verified_query_read(
    query: *const countermark_verified_query,
    out: *mut countermark_verified_query_view,
    error: *mut *mut countermark_error,
) -> countermark_status {
    let empty = countermark_verified_query_view {
        key_id: countermark_str::ABSENT,
        tenant: countermark_str::ABSENT,
        algorithm: countermark_str::ABSENT,
        replay_key: countermark_str::ABSENT,
        claimed_email: countermark_str::ABSENT,
        signed_at_ms: 0,
        replay_until_ms: 0,
        fields: std::ptr::null(),
        fields_len: 0,
    };
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, empty)?;
            let it = object(query)?;
            *out = countermark_verified_query_view {
                key_id: it.query.key_id().into(),
                tenant: it.query.tenant().into(),
                algorithm: it.query.algorithm().into(),
                replay_key: it.replay_key().into(),
                claimed_email: it.query.claimed_email().into(),
                signed_at_ms: it.query.signed_at_ms(),
                replay_until_ms: it.query.replay_until_ms(),
                fields: it.fields().as_ptr(),
                fields_len: it.fields().len(),
            };
            Ok(())
        })
    }
}

/// # Safety
/// `query` is NULL or live.
unsafe fn view(
    query: *const countermark_verified_query,
    read: impl FnOnce(&countermark_verified_query) -> countermark_str,
) -> countermark_str {
    guard_value(countermark_str::ABSENT, || {
        // SAFETY: the caller's promise.
        unsafe { query.as_ref() }.map_or(countermark_str::ABSENT, read)
    })
}

/// The value of a signed field; absent if no field has the name. Of `COUNTERMARK_QUERY_LEGACY_ONELOGIN_STRICT` the email is
/// absent: it is only a claim, see `claimed_email` of the view.
///
/// # Safety
/// `query` is NULL or live; the name is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_verified_query_get(
    query: *const countermark_verified_query,
    name: *const c_char,
    name_len: usize,
) -> countermark_str {
    // SAFETY: the caller's promises.
    unsafe {
        view(query, |query| {
            text(name, name_len)
                .ok()
                .and_then(|name| query.query.get(name))
                .into()
        })
    }
}

/// The email of a OneLogin link, proven by the names of its account: they must be exactly the signed ones.
///
/// Errors: PROFILE_MISMATCH; INVALID_INPUT for the profile whose fields cannot be shifted. `email` views into `query`; on an
/// error it is absent.
///
/// # Safety
/// `query` is live; the texts are readable; `email` is NULL or writable; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_verified_query_check_profile(
    query: *const countermark_verified_query,
    first: *const c_char,
    first_len: usize,
    last: *const c_char,
    last_len: usize,
    email: *mut countermark_str,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let email = output(email, countermark_str::ABSENT)?;
            let (first, last) = (text(first, first_len)?, text(last, last_len)?);
            *email = Some(object(query)?.query.check_profile(first, last)?).into();
            Ok(())
        })
    }
}

/// The email of a OneLogin link, proven by a look-up: it must be an account, and no other reading of the same signed text
/// (`countermark_verified_query_ambiguous_email`) may be one. `known`: those of all these emails that your directory has.
///
/// Errors: as `countermark_verified_query_check_profile`.
///
/// # Safety
/// `query` is live; the texts are readable; `email` is NULL or writable; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_verified_query_check_known_emails(
    query: *const countermark_verified_query,
    known: *const countermark_str,
    known_len: usize,
    email: *mut countermark_str,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let email = output(email, countermark_str::ABSENT)?;
            let known = array(known, known_len)?
                .iter()
                .map(|view| Ok(view_opt(*view)?.unwrap_or_default()))
                .collect::<Result<Vec<_>>>()?;
            *email = Some(object(query)?.query.check_known_emails(&known)?).into();
            Ok(())
        })
    }
}

/// The email at `index` of those that other splits of the same signed text would give; absent beyond the last.
///
/// # Safety
/// `query` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_verified_query_ambiguous_email(
    query: *const countermark_verified_query,
    index: usize,
) -> countermark_str {
    // SAFETY: the caller's promise.
    unsafe {
        view(query, |query| {
            query
                .ambiguous_emails()
                .get(index)
                .map(String::as_str)
                .into()
        })
    }
}

/// Frees a verified query. NULL is allowed.
///
/// # Safety
/// `query` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_verified_query_free(query: *mut countermark_verified_query) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(query) });
}
