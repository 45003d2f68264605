//! The only place that calls hash, MAC and comparison code.

use sha2::{Digest, Sha256};
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

/// SHA-256 over a purpose and parts, each behind its length, so that no two lists give the same bytes.
#[must_use]
pub(crate) fn sha256_of(purpose: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in core::iter::once(&purpose).chain(parts) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

fn word(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_ne_bytes(word)
}
