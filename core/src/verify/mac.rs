//! The only place that calls hash, MAC and comparison code.
//!
//! Everything takes its message in parts, so that nobody has to join texts only to hash them.

use super::blocks::{self, Aligned, Buffer, Feed, State};
use crate::error::{Error, ErrorCode, Result};
use alloc::vec::Vec;
use core::{fmt, ops::Deref};
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
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let mut tag = Self {
            bytes: [0; 64],
            length: bytes.len(),
        };
        tag.bytes[..bytes.len()].copy_from_slice(bytes);
        tag
    }

    fn of(state: &impl State) -> Self {
        let mut bytes = [0; 64];
        let length = state.write(&mut bytes);
        Self { bytes, length }
    }
}

impl Deref for Tag {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// A message that hands over its parts, one after the other: no list of them has to be made.
pub(crate) trait Message {
    fn each_part(&self, take: impl FnMut(&[u8]));
}

impl Message for [&[u8]] {
    #[inline]
    fn each_part(&self, mut take: impl FnMut(&[u8])) {
        self.iter().for_each(|part| take(part));
    }
}

/// A prepared HMAC key (RFC 2104): the states after the inner and the outer key block, wiped when dropped.
///
/// Keeping them saves two of the compressions that every MAC would otherwise start with.
pub(crate) enum MacKey {
    Sha1(Pads<[u32; 5]>),
    Sha256(Pads<[u32; 8]>),
    Sha512(Pads<[u64; 8]>),
}

impl MacKey {
    pub(crate) fn new(hash: Hash, key: &[u8]) -> Self {
        match hash {
            Hash::Sha1 => Self::Sha1(Pads::new(key)),
            Hash::Sha256 => Self::Sha256(Pads::new(key)),
            Hash::Sha512 => Self::Sha512(Pads::new(key)),
        }
    }

    /// The MAC of the joined parts.
    pub(crate) fn tag(&self, parts: &[&[u8]]) -> Tag {
        self.tag_of(parts)
    }

    /// The MAC of a message.
    pub(crate) fn tag_of(&self, message: &(impl Message + ?Sized)) -> Tag {
        match self {
            Self::Sha1(pads) => pads.tag(message),
            Self::Sha256(pads) => pads.tag(message),
            Self::Sha512(pads) => pads.tag(message),
        }
    }

    /// Whether `claimed` is the MAC of the joined parts.
    pub(crate) fn verify(&self, parts: &[&[u8]], claimed: &[u8]) -> bool {
        equal(&self.tag(parts), claimed)
    }
}

/// As long a message, with its padding, is copied into one piece, which costs less than to hash each piece for itself.
const SHORT: usize = 384;

/// The two states of an HMAC key.
pub(crate) struct Pads<S: State> {
    inner: S,
    outer: S,
}

impl<S: State> Pads<S> {
    fn new(key: &[u8]) -> Self {
        let mut block: Buffer = [0; 128];
        if key.len() > S::BLOCK {
            let mut hashed = hash::<S>(&[key]);
            hashed.write(&mut block);
            hashed.zeroize();
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let mut pad = |byte: u8| {
            let mut state = S::START;
            block.iter_mut().for_each(|place| *place ^= byte);
            state.compress(&block[..S::BLOCK]);
            state
        };
        let (inner, outer) = (pad(0x36), pad(0x36 ^ 0x5c));
        block.zeroize();
        Self { inner, outer }
    }

    fn tag(&self, message: &(impl Message + ?Sized)) -> Tag {
        let Aligned(buffer) = &mut Aligned([0; SHORT]);
        let mut state = self.inner;
        let mut feed = Feed::new(&mut state, S::BLOCK, (buffer, 0));
        message.each_part(|part| feed.push(part));
        feed.end();
        let mut outer = self.outer;
        blocks::finish_digest(&mut outer, &state);
        Tag::of(&outer)
    }
}

impl<S: State> Drop for Pads<S> {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The plain hash of the joined parts. For SHA-1 over foreign content use [`sha1_guarded`].
pub(crate) fn digest(function: Hash, parts: &[&[u8]]) -> Tag {
    match function {
        Hash::Sha1 => Tag::of(&hash::<[u32; 5]>(parts)),
        Hash::Sha256 => Tag::of(&hash::<[u32; 8]>(parts)),
        Hash::Sha512 => Tag::of(&hash::<[u64; 8]>(parts)),
    }
}

#[inline]
fn hash<S: State>(parts: &[&[u8]]) -> S {
    let mut buffer: Buffer = [0; 128];
    let mut state = S::START;
    blocks::finish(&mut state, 0, (&mut buffer, 0), parts);
    // One of the parts may be a secret. Wiped as wide as the machine writes: byte by byte costs as much as half a block.
    buffer = [0; 128];
    zeroize::optimization_barrier(&buffer);
    state
}

/// SHA-256 over a purpose and parts, each behind its length, so that no two lists give the same bytes.
#[must_use]
pub(crate) fn sha256_of(purpose: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let all = || core::iter::once(&purpose).chain(parts);
    // All the room at once: what grows leaves a copy behind that nobody wipes.
    let mut framed = Vec::with_capacity(all().map(|part| 8 + part.len()).sum());
    for part in all() {
        framed.extend_from_slice(&(part.len() as u64).to_be_bytes());
        framed.extend_from_slice(part);
    }
    let mut bytes = [0; 32];
    hash::<[u32; 8]>(&[&framed]).write(&mut bytes);
    // One of the parts may be the handle of a session. Wiped as in [`hash`].
    framed.fill(0);
    zeroize::optimization_barrier(framed.as_slice());
    bytes
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
#[inline]
pub(crate) fn sha1_guarded(parts: &[&[u8]]) -> Result<[u8; 20]> {
    let length = parts
        .iter()
        .fold(0_usize, |sum, part| sum.saturating_add(part.len()));
    if length > TWO_BLOCKS {
        return sha1_checked(parts);
    }
    let mut bytes = [0; 20];
    hash::<[u32; 5]>(parts).write(&mut bytes);
    Ok(bytes)
}

/// As [`sha1_guarded`], of the first bytes of a room and a secret behind them. A short text is hashed where it stands: what was
/// just written is slow to read in other pieces, and so to copy.
///
/// The room is zero behind the text, before and after.
///
/// # Errors
/// As there.
#[inline]
pub(crate) fn sha1_guarded_behind(
    (room, text): (&mut [u8], usize),
    secret: &[u8],
) -> Result<[u8; 20]> {
    let is_short = text + secret.len() <= TWO_BLOCKS;
    let Some(buffer) = room.first_chunk_mut::<128>().filter(|_| is_short) else {
        return sha1_guarded(&[room.get(..text).unwrap_or_default(), secret]);
    };
    let mut state = <[u32; 5]>::START;
    blocks::finish(&mut state, 0, (&mut *buffer, text), &[secret]);
    buffer[text..].fill(0);
    zeroize::optimization_barrier(&*buffer);
    let mut bytes = [0; 20];
    state.write(&mut bytes);
    Ok(bytes)
}

#[cold]
fn sha1_checked(parts: &[&[u8]]) -> Result<[u8; 20]> {
    use sha1_checked::Digest as _;
    let mut state = sha1_checked::Sha1::new();
    parts.iter().for_each(|part| state.update(part));
    let result = state.try_finalize();
    if result.has_collision() {
        return Err(Error::new(ErrorCode::CollisionDetected));
    }
    Ok((*result.hash()).into())
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
