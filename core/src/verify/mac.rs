//! The only place that calls hash, MAC and comparison code.
//!
//! Everything takes its message in parts, so that nobody has to join texts only to hash them.

use crate::error::{Error, ErrorCode, Result};
use core::{fmt, ops::Deref};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroize as _;

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Hash {
    Sha1,
    Sha256,
    Sha512,
}

impl Hash {
    /// Length of a digest, in bytes.
    pub(crate) fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

/// A digest or a MAC, on the stack; its length is the algorithm's. Compare it with [`equal`].
#[derive(Clone, Copy)]
pub(crate) struct Tag {
    bytes: [u8; 64],
    length: usize,
}

impl Tag {
    fn new(bytes: &[u8]) -> Self {
        let mut tag = Self {
            bytes: [0; 64],
            length: bytes.len(),
        };
        tag.bytes[..bytes.len()].copy_from_slice(bytes);
        tag
    }
}

impl Deref for Tag {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// A prepared HMAC key (RFC 2104): the states after the inner and the outer key block, wiped when dropped.
///
/// Keeping them saves two of the compressions that every MAC would otherwise start with.
pub(crate) enum MacKey {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha512(Hmac<Sha512>),
}

impl MacKey {
    pub(crate) fn new(hash: Hash, key: &[u8]) -> Self {
        const ANY_LENGTH: &str = "HMAC takes keys of any length";
        match hash {
            Hash::Sha1 => Self::Sha1(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
            Hash::Sha256 => Self::Sha256(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
            Hash::Sha512 => Self::Sha512(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
        }
    }

    /// The MAC of the joined parts.
    pub(crate) fn tag(&self, parts: &[&[u8]]) -> Tag {
        macro_rules! tag {
            ($state:expr) => {{
                let mut state = $state.clone();
                parts.iter().for_each(|part| state.update(part));
                Tag::new(&state.finalize().into_bytes())
            }};
        }
        match self {
            Self::Sha1(state) => tag!(state),
            Self::Sha256(state) => tag!(state),
            Self::Sha512(state) => tag!(state),
        }
    }

    /// Whether `claimed` is the MAC of the joined parts.
    pub(crate) fn verify(&self, parts: &[&[u8]], claimed: &[u8]) -> bool {
        equal(&self.tag(parts), claimed)
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The plain hash of the joined parts. For SHA-1 over foreign content use [`sha1_guarded`].
pub(crate) fn digest(hash: Hash, parts: &[&[u8]]) -> Tag {
    macro_rules! digest {
        ($state:expr) => {{
            let mut state = $state;
            parts.iter().for_each(|part| state.update(part));
            Tag::new(&state.finalize())
        }};
    }
    match hash {
        Hash::Sha1 => digest!(Sha1::new()),
        Hash::Sha256 => digest!(Sha256::new()),
        Hash::Sha512 => digest!(Sha512::new()),
    }
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

/// Longest message that fills two SHA-1 blocks with its padding.
const TWO_BLOCKS: usize = 2 * 64 - 9;

/// SHA-1 of the joined parts, where somebody else chose some of them.
///
/// Every published SHA-1 collision needs two near-collision blocks and a third to end in, so a message of two blocks
/// is hashed at full speed, and a longer one with the detection of Stevens and Shumow.
///
/// # Errors
/// `COLLISION_DETECTED` when the message bears the marks of a collision attack.
pub(crate) fn sha1_guarded(parts: &[&[u8]]) -> Result<Tag> {
    let length = parts
        .iter()
        .fold(0_usize, |sum, part| sum.saturating_add(part.len()));
    if length <= TWO_BLOCKS {
        return Ok(sha1_short(parts, length));
    }
    use sha1_checked::Digest as _;
    let mut state = sha1_checked::Sha1::new();
    parts.iter().for_each(|part| state.update(part));
    let result = state.try_finalize();
    if result.has_collision() {
        return Err(Error::new(ErrorCode::CollisionDetected));
    }
    Ok(Tag::new(result.hash()))
}

/// SHA-1 (FIPS 180-4) of at most two blocks, padded in place: the general hasher spends as long on its buffer as on one block.
fn sha1_short(parts: &[&[u8]], length: usize) -> Tag {
    let mut blocks = [[0; 64]; 2];
    let message = blocks.as_flattened_mut();
    let mut at = 0;
    for part in parts {
        message[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    }
    message[length] = 0x80;
    let end = if length < 64 - 8 { 64 } else { 128 };
    message[end - 8..end].copy_from_slice(&(8 * length as u64).to_be_bytes());
    let mut state = [
        0x6745_2301,
        0xEFCD_AB89,
        0x98BA_DCFE,
        0x1032_5476,
        0xC3D2_E1F0_u32,
    ];
    sha1::block_api::compress(&mut state, &blocks[..end / 64]);
    // One of the parts is a secret.
    blocks.as_flattened_mut()[..length].zeroize();
    let mut tag = Tag {
        bytes: [0; 64],
        length: 20,
    };
    for (bytes, word) in tag.bytes.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    tag
}

/// Compares in a time that depends on the lengths only.
///
/// `subtle` compares slices byte by byte; comparing machine words costs a few nanoseconds instead of 30 to 66.
#[must_use]
pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (words_a, words_b) = (a.chunks_exact(8), b.chunks_exact(8));
    let mut difference = word(words_a.remainder()) ^ word(words_b.remainder());
    for (x, y) in words_a.zip(words_b) {
        difference |= word(x) ^ word(y);
    }
    bool::from(difference.ct_eq(&0))
}

/// At most eight bytes as one word.
fn word(bytes: &[u8]) -> u64 {
    match bytes.try_into() {
        Ok(eight) => u64::from_ne_bytes(eight),
        Err(_) => bytes
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
#[path = "mac_tests.rs"]
mod tests;
