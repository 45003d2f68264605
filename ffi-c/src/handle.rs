//! Handles: what C owns through a pointer.

/// Moves `value` to the heap; C owns it until it calls the free function of its type. C may take it to any thread, and share it where
/// the header says so.
pub(crate) fn into_raw<T: Send + Sync>(value: T) -> *mut T {
    Box::into_raw(Box::new(value))
}

/// Takes a handle back and drops what it holds. NULL is allowed.
///
/// # Safety
/// `handle` is NULL or came from [`into_raw`] for the same `T`, and was not freed.
pub(crate) unsafe fn free<T>(handle: *mut T) {
    if !handle.is_null() {
        // SAFETY: the caller's promise.
        drop(unsafe { Box::from_raw(handle) });
    }
}
