//! The only place that calls hash, MAC and comparison code.

use subtle::ConstantTimeEq;

/// Compares in a time that depends on the lengths only.
///
/// `subtle` compares slices byte by byte; comparing machine words costs a few nanoseconds instead of 30 to 66.
#[must_use]
pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut difference = 0_u64;
    for (x, y) in a.chunks(8).zip(b.chunks(8)) {
        difference |= word(x) ^ word(y);
    }
    bool::from(difference.ct_eq(&0))
}

fn word(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_ne_bytes(word)
}
