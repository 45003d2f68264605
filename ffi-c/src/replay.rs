//! The memory of used keys, for one process.

use crate::{
    boundary::{guard, guard_value, object, output, text},
    handle,
    option::{moment, span_opt},
    status::{countermark_error, countermark_status},
};
use countermark::facade;
use std::{ffi::c_char, ptr::null_mut};

/// A bounded memory of keys that may be used once, for one process. How several share a store such as Redis, also with services in other
/// languages, is in the README of the C library, under "A store that several processes share".
///
/// Ownership: yours; free it with `countermark_replay_memory_free`. Threads: may be shared; its calls are atomic.
pub struct countermark_replay_memory(facade::ReplayMemory);

/// A memory for `capacity` keys, or `COUNTERMARK_DEFAULT`.
///
/// Errors: INVALID_CONFIG for a number out of range.
///
/// # Safety
/// `out` and `error` are NULL or point to writable pointers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_replay_memory_new(
    capacity: i64,
    out: *mut *mut countermark_replay_memory,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let out = output(out, null_mut())?;
            let memory = facade::ReplayMemory::new(span_opt(capacity, "capacity")?)?;
            *out = handle::into_raw(countermark_replay_memory(memory));
            Ok(())
        })
    }
}

/// Takes a key until `until_ms` (Unix milliseconds, inclusive), if nobody holds it.
///
/// Errors: REPLAYED when it is taken; TIMESTAMP_TOO_OLD; STORE_UNAVAILABLE when the memory is full; INVALID_INPUT.
///
/// # Safety
/// `memory` is live; the key is readable; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_replay_memory_reserve(
    memory: *const countermark_replay_memory,
    key: *const c_char,
    key_len: usize,
    until_ms: i64,
    now_ms: i64,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            object(memory)?
                .0
                .reserve(text(key, key_len)?, until_ms, now_ms)
        })
    }
}

/// Keeps a key to the end of its time. `*held` becomes 1, or 0 when the key is not held.
///
/// Errors: INVALID_INPUT, STORE_UNAVAILABLE.
///
/// # Safety
/// `memory` is live; the key is readable; `held` points to a writable place; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_replay_memory_commit(
    memory: *const countermark_replay_memory,
    key: *const c_char,
    key_len: usize,
    held: *mut i32,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let held = output(held, 0)?;
            *held = i32::from(object(memory)?.0.commit(text(key, key_len)?)?);
            Ok(())
        })
    }
}

/// Whether the work of a key is done: `*committed` becomes 1 or 0. A webhook that comes again is then answered with `countermark_webhook_success`,
/// else with the status of REPLAYED, since the first may fail yet.
///
/// Errors: INVALID_INPUT, STORE_UNAVAILABLE.
///
/// # Safety
/// `memory` is live; the key is readable; `committed` points to a writable place; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_replay_memory_is_committed(
    memory: *const countermark_replay_memory,
    key: *const c_char,
    key_len: usize,
    committed: *mut i32,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let committed = output(committed, 0)?;
            *committed = i32::from(object(memory)?.0.is_committed(text(key, key_len)?)?);
            Ok(())
        })
    }
}

/// Frees a key that is taken and not committed. `*held` becomes 1, or 0 when there is none.
///
/// Errors: INVALID_INPUT, STORE_UNAVAILABLE.
///
/// # Safety
/// `memory` is live; the key is readable; `held` points to a writable place; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_replay_memory_release(
    memory: *const countermark_replay_memory,
    key: *const c_char,
    key_len: usize,
    held: *mut i32,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let held = output(held, 0)?;
            *held = i32::from(object(memory)?.0.release(text(key, key_len)?)?);
            Ok(())
        })
    }
}

/// How many keys are held, for monitoring; 0 for NULL.
///
/// # Safety
/// `memory` is NULL or live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_replay_memory_size(
    memory: *const countermark_replay_memory,
) -> u32 {
    guard_value(0, || {
        // SAFETY: the caller's promise.
        unsafe { memory.as_ref() }.map_or(0, |memory| memory.0.size())
    })
}

/// Frees a memory. NULL is allowed.
///
/// # Safety
/// `memory` is NULL or live, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_replay_memory_free(memory: *mut countermark_replay_memory) {
    // SAFETY: the caller's promise.
    guard_value((), || unsafe { handle::free(memory) });
}

/// Until when to keep the replay key of a webhook, in Unix milliseconds: the later of `replay_until_ms` as its view has it, which may be
/// `COUNTERMARK_NO_TIME`, and `keep_s` seconds from now. `COUNTERMARK_DEFAULT` for `keep_s` if the site names no time: there is no default.
///
/// Errors: INVALID_CONFIG when nothing says how long a copy could come, for 0 seconds, and for a number out of range.
///
/// # Safety
/// `until_ms` points to a writable place; `error` is NULL or points to a writable pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countermark_webhook_keep_until_ms(
    replay_until_ms: i64,
    keep_s: i64,
    now_ms: i64,
    until_ms: *mut i64,
    error: *mut *mut countermark_error,
) -> countermark_status {
    // SAFETY: the caller's promises.
    unsafe {
        guard(error, || {
            let until_ms = output(until_ms, 0)?;
            let keep_s = span_opt(keep_s, "keep_s")?;
            *until_ms = facade::webhook_keep_until_ms(moment(replay_until_ms), keep_s, now_ms)?;
            Ok(())
        })
    }
}
