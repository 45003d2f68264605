//! Text or bytes that C owns.

use crate::{boundary::guard_value, handle, view::countermark_str};
use countermark::Secret;

/// Text or bytes that a call made for you.
///
/// Ownership: yours; free it with `countermark_bytes_free`, which also wipes it. Threads: immutable, may be shared.
pub struct countermark_bytes(
    /// Signed queries and sealed tokens let somebody in.
    Secret,
);

impl countermark_bytes {
    pub(crate) fn into_raw(bytes: Vec<u8>) -> *mut Self {
        Self::of_secret(Secret::new(bytes))
    }

    pub(crate) fn of_secret(secret: Secret) -> *mut Self {
        handle::into_raw(Self(secret))
    }
}

/// The bytes.
///
/// # Safety
/// `bytes` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_bytes_view(
    bytes: *const countermark_bytes,
) -> countermark_str {
    guard_value(countermark_str::ABSENT, || {
        // SAFETY: the caller's promise.
        unsafe { bytes.as_ref() }.map_or(countermark_str::ABSENT, |it| {
            countermark_str::new(it.0.expose())
        })
    })
}

/// Wipes and frees. NULL is allowed.
///
/// # Safety
/// `bytes` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_bytes_free(bytes: *mut countermark_bytes) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(bytes) });
}
