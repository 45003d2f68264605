//! When to ask again. Pure functions of the attempt and of a seed, so that every language waits alike.

use crate::limits::{POLL_INTERVAL_MS, POLL_JITTER_MS};

/// How often the pause doubles at most.
const DOUBLINGS_MAX: u32 = 3;

/// The longest pause, in milliseconds.
pub(crate) const LONGEST_PAUSE_MS: i64 =
    (POLL_INTERVAL_MS << DOUBLINGS_MAX) + POLL_JITTER_MS as i64;

/// The pause before request number `attempt`, in milliseconds: the interval, doubled for each failure in a row, and a
/// jitter from `seed`, so that many waiting sessions do not ask in step.
pub(crate) fn pause_ms(seed: u32, attempt: u32, failures: u32) -> i64 {
    let jitter = mix(seed.wrapping_add(attempt)) % POLL_JITTER_MS;
    (POLL_INTERVAL_MS << failures.min(DOUBLINGS_MAX)) + i64::from(jitter)
}

/// Spreads neighbouring numbers over the whole range (the finaliser of MurmurHash3).
fn mix(mut x: u32) -> u32 {
    x = (x ^ (x >> 16)).wrapping_mul(0x85eb_ca6b);
    x = (x ^ (x >> 13)).wrapping_mul(0xc2b2_ae35);
    x ^ (x >> 16)
}
