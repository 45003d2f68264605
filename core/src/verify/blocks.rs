//! SHA-1, SHA-256 and SHA-512 (FIPS 180-4) of a message that is all there: its parts go to the compression functions of
//! `sha1` and `sha2` as they stand, and only what lies across two parts is copied.
//!
//! The general hashers keep, count and wipe for a caller who comes back with more. For a short message that costs as much
//! as hashing it.

use sha2::digest::{
    array::Array,
    typenum::{U64, U128, Unsigned},
};
use zeroize::Zeroize;

/// The chaining state of a hash function.
pub(crate) trait State: Copy + Zeroize {
    const START: Self;
    /// Length of a block, in bytes.
    const BLOCK: usize;

    /// Takes the whole blocks at the beginning of a text, and gives what is left.
    fn compress<'t>(&mut self, text: &'t [u8]) -> &'t [u8];

    /// Writes the state as the digest that it is at the end, and gives its length.
    fn write(&self, out: &mut [u8]) -> usize;
}

macro_rules! state {
    ($state:ty, $block:ty, $compress:path, [$($start:literal),*]) => {
        impl State for $state {
            const START: Self = [$($start),*];
            const BLOCK: usize = <$block>::USIZE;

            #[inline]
            fn compress<'t>(&mut self, text: &'t [u8]) -> &'t [u8] {
                let (blocks, rest) = Array::<u8, $block>::slice_as_chunks(text);
                if !blocks.is_empty() {
                    $compress(self, Array::cast_slice_to_core(blocks));
                }
                rest
            }

            #[inline]
            fn write(&self, out: &mut [u8]) -> usize {
                let word_length = size_of::<Self>() / self.len();
                for (bytes, word) in out.chunks_exact_mut(word_length).zip(self) {
                    bytes.copy_from_slice(&word.to_be_bytes());
                }
                size_of::<Self>()
            }
        }
    };
}

state!(
    [u32; 5],
    U64,
    sha1::block_api::compress,
    [
        0x6745_2301,
        0xEFCD_AB89,
        0x98BA_DCFE,
        0x1032_5476,
        0xC3D2_E1F0
    ]
);
state!(
    [u32; 8],
    U64,
    sha2::block_api::compress256,
    [
        0x6A09_E667,
        0xBB67_AE85,
        0x3C6E_F372,
        0xA54F_F53A,
        0x510E_527F,
        0x9B05_688C,
        0x1F83_D9AB,
        0x5BE0_CD19
    ]
);
state!(
    [u64; 8],
    U128,
    sha2::block_api::compress512,
    [
        0x6A09_E667_F3BC_C908,
        0xBB67_AE85_84CA_A73B,
        0x3C6E_F372_FE94_F82B,
        0xA54F_F53A_5F1D_36F1,
        0x510E_527F_ADE6_82D1,
        0x9B05_688C_2B3E_6C1F,
        0x1F83_D9AB_FB41_BD6B,
        0x5BE0_CD19_137E_2179
    ]
);

/// Room for two blocks, or for one of the longest, so that a short message is hashed in one call.
pub(super) type Buffer = [u8; 128];

/// On a line of the cache, wherever the stack happens to begin: blocks that lie across two are slow to read.
#[repr(align(64))]
pub(super) struct Aligned<const LENGTH: usize>(pub(super) [u8; LENGTH]);

/// A message on its way through a hash function, part by part. What fits into the buffer is hashed in one call.
pub(super) struct Feed<'s, S, const ROOM: usize> {
    state: &'s mut S,
    /// What is not hashed yet, and zeros behind it.
    buffer: &'s mut [u8; ROOM],
    filled: usize,
    length: u64,
}

impl<'s, S: State, const ROOM: usize> Feed<'s, S, ROOM> {
    /// Goes on from a state to which `before` bytes led. The buffer is of whole blocks; it begins with `filled` bytes of the
    /// message, and is zero behind them.
    #[inline]
    pub(super) fn new(
        state: &'s mut S,
        before: usize,
        (buffer, filled): (&'s mut [u8; ROOM], usize),
    ) -> Self {
        const { assert!(ROOM.is_multiple_of(S::BLOCK)) };
        Self {
            state,
            buffer,
            filled,
            length: (before + filled) as u64,
        }
    }

    /// Takes the next part.
    #[inline]
    pub(super) fn push(&mut self, part: &[u8]) {
        self.length += part.len() as u64;
        let end = self.filled + part.len();
        match self.buffer.get_mut(self.filled..end) {
            Some(place) => {
                place.copy_from_slice(part);
                self.filled = end;
            }
            None => self.overflow(part),
        }
    }

    /// Takes a part that does not fit into the buffer: all its whole blocks are hashed where they stand.
    fn overflow(&mut self, part: &[u8]) {
        let mut rest = part;
        if self.filled > 0 {
            let whole = self.filled.next_multiple_of(S::BLOCK);
            let (head, tail) = rest.split_at(whole - self.filled);
            self.buffer[self.filled..whole].copy_from_slice(head);
            self.flush(whole);
            rest = tail;
        }
        rest = self.state.compress(rest);
        self.buffer[..rest.len()].copy_from_slice(rest);
        self.filled = rest.len();
    }

    /// Goes to the end of the message, which is left in the buffer.
    #[inline]
    pub(super) fn end(mut self) {
        // A one bit, zeros, and the length in bits, which takes the last eighth of a block.
        if self.filled == ROOM {
            self.flush(ROOM);
        }
        self.buffer[self.filled] = 0x80;
        if self.filled >= ROOM - S::BLOCK / 8 {
            self.flush(ROOM);
        }
        let end = (self.filled + S::BLOCK / 8 + 1).next_multiple_of(S::BLOCK);
        self.buffer[end - 8..end].copy_from_slice(&(8 * self.length).to_be_bytes());
        self.state.compress(&self.buffer[..end]);
    }

    fn flush(&mut self, filled: usize) {
        self.state.compress(&self.buffer[..filled]);
        self.buffer[..filled].fill(0);
        self.filled = 0;
    }
}

/// Goes from a state, to which `before` bytes led, over the joined parts to the end of the message; see [`Feed`].
#[inline]
pub(super) fn finish<S: State, const ROOM: usize>(
    state: &mut S,
    before: usize,
    buffer: (&mut [u8; ROOM], usize),
    parts: &[&[u8]],
) {
    let mut feed = Feed::new(state, before, buffer);
    parts.iter().for_each(|part| feed.push(part));
    feed.end();
}

/// Goes from a state, to which one block led, over the digest of another to the end: the outer half of HMAC.
#[inline]
pub(super) fn finish_digest<S: State>(state: &mut S, digest: &S) {
    let Aligned(block) = &mut Aligned([0; 128]);
    let filled = digest.write(block);
    block[filled] = 0x80;
    let length = 8 * (S::BLOCK + filled) as u64;
    block[S::BLOCK - 8..S::BLOCK].copy_from_slice(&length.to_be_bytes());
    state.compress(&block[..S::BLOCK]);
}
