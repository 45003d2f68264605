//! Text or bytes that C owns.

use crate::{boundary::guard_value, handle, view::countermark_str};
use countermark::Secret;

/// Text or bytes that a call made for you.
///
/// Ownership: yours; free it with `countermark_bytes_free`, which also wipes it. Threads: immutable, may be shared.
pub struct countermark_bytes {
    /// Held as a secret, so that it is wiped: signed queries and sealed tokens let somebody in.
    _wiped_on_free: Secret,
    view: countermark_str,
}

impl countermark_bytes {
    pub(crate) fn into_raw(bytes: Vec<u8>) -> *mut Self {
        let view = countermark_str::new(&bytes);
        // The view stays right: moving a vector does not move what it holds.
        handle::into_raw(Self {
            _wiped_on_free: Secret::new(bytes),
            view,
        })
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
        unsafe { bytes.as_ref() }.map_or(countermark_str::ABSENT, |it| it.view)
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
