//! Looking for bytes eight at a time: most names and values are too short for `memchr` to pay for its start.

/// The byte in each place of a word.
pub(crate) const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Where one of the wanted bytes stands first; 8 if none does.
#[inline(always)]
pub(crate) fn first_of<const N: usize>(eight: [u8; 8], wanted: [u8; N]) -> usize {
    // The lowest bit that is set marks the first byte that is zero; bits above it may be wrong.
    let zeros = |word: u64| word.wrapping_sub(each(1)) & !word & each(0x80);
    let word = u64::from_le_bytes(eight);
    let hits = wanted.map(|byte| zeros(word ^ each(byte)));
    let hits = hits.iter().fold(0, |all, hits| all | hits);
    hits.trailing_zeros() as usize / 8
}

/// Where one of the wanted bytes occurs first, or the length. Inlined, since they are constants of each caller.
#[inline(always)]
pub(crate) fn find<const N: usize>(bytes: &[u8], wanted: [u8; N]) -> usize {
    let (mut at, mut rest) = (0, bytes);
    while let Some((eight, tail)) = rest.split_first_chunk() {
        let first = first_of(*eight, wanted);
        if first < 8 {
            return at + first;
        }
        (at, rest) = (at + 8, tail);
    }
    let found = rest.iter().position(|byte| wanted.contains(byte));
    at + found.unwrap_or(rest.len())
}

/// As [`find`], for one byte that may be far away.
#[inline]
pub(crate) fn find_far(bytes: &[u8], wanted: u8) -> usize {
    let (near, far) = bytes.split_at_checked(NEAR).unwrap_or((bytes, &[]));
    let at = find(near, [wanted]);
    if at < near.len() {
        return at;
    }
    at + memchr::memchr(wanted, far).unwrap_or(far.len())
}

/// From here on `memchr` is faster.
const NEAR: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_first_of_several_bytes_everywhere() {
        let mut bytes = [b'%'; 80];
        assert_eq!(find(&bytes, [b'=', b'&']), 80);
        for at in (0..80).rev() {
            bytes[at] = if at.is_multiple_of(3) { b'=' } else { b'&' };
            assert_eq!(find(&bytes, [b'=', b'&']), at);
            assert_eq!(find(&bytes[..at], [b'=', b'&']), at);
            assert_eq!(find(&bytes[at..], [b'%', b'=', b'&']), 0);
        }
    }

    #[test]
    fn finds_what_is_far_away() {
        for at in 0..80 {
            let mut bytes = [b'%'; 80];
            assert_eq!(find_far(&bytes, b'='), 80);
            bytes[at..].fill(b'=');
            assert_eq!(find_far(&bytes, b'='), at);
            assert_eq!(find_far(&bytes[..at], b'='), at);
        }
    }

    #[test]
    fn every_byte_is_told_from_every_other() {
        for wanted in 0..=255_u8 {
            for other in 0..=255_u8 {
                let mut eight = [other; 8];
                eight[5] = wanted;
                let expected = if wanted == other { 0 } else { 5 };
                assert_eq!(first_of(eight, [wanted]), expected);
            }
        }
    }
}
