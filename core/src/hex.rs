//! Hex digits that a sender chose, so that reading them need not take the same time for all.

use crate::scan::each;

/// The bytes of hex digits of either case, written to `out`; whether all are digits, two for each byte.
#[inline(always)]
pub(crate) fn decode(digits: &[u8], out: &mut [u8]) -> bool {
    if digits.len() != 2 * out.len() {
        return false;
    }
    let (mut digits, mut bytes) = (digits.chunks_exact(8), out.chunks_exact_mut(4));
    let mut valid = HIGH_BITS;
    for (four, eight) in bytes.by_ref().zip(digits.by_ref()) {
        let (value, digits) = word(eight.try_into().unwrap_or_default());
        four.copy_from_slice(&value.to_le_bytes());
        valid &= digits;
    }
    let mut seen = 0;
    let pairs = digits.remainder().chunks_exact(2);
    for (byte, pair) in bytes.into_remainder().iter_mut().zip(pairs) {
        let (high, low) = (nibble(pair[0]), nibble(pair[1]));
        *byte = high << 4 | low & 15;
        seen |= high | low;
    }
    valid == HIGH_BITS && seen < 16
}

const HIGH_BITS: u64 = each(0x80);

/// Four bytes from eight digits, each in its eighth of one word; then the high bits of those that are digits.
#[inline]
fn word(digits: [u8; 8]) -> (u32, u64) {
    let word = u64::from_le_bytes(digits);
    // Added to a byte, 0x80 - n sets its high bit if it is n or more. A byte beyond ASCII may disturb its neighbour, but is
    // found itself.
    let within = |bytes: u64, first: u8, last: u8| {
        bytes.wrapping_add(each(0x80 - first)) & !bytes.wrapping_add(each(0x7F - last))
    };
    let digit = within(word, b'0', b'9') | within(word | each(0x20), b'a', b'f');
    let value = (word & each(15)) + 9 * (word >> 6 & each(1));
    let pairs = (value << 4 | value >> 8) & 0x00FF_00FF_00FF_00FF;
    let pairs = (pairs | pairs >> 8) & 0x0000_FFFF_0000_FFFF;
    ((pairs | pairs >> 16) as u32, digit & !word & HIGH_BITS)
}

/// The byte that two digits stand for.
#[inline]
pub(crate) fn pair(high: u8, low: u8) -> Option<u8> {
    let (high, low) = (nibble(high), nibble(low));
    ((high | low) < 16).then_some(high << 4 | low)
}

/// The value of a digit; 255 for any other byte.
#[inline]
fn nibble(byte: u8) -> u8 {
    let (digit, letter) = (byte.wrapping_sub(b'0'), (byte | 0x20).wrapping_sub(b'a'));
    if digit < 10 {
        digit
    } else if letter < 6 {
        letter + 10
    } else {
        255
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};

    #[test]
    fn every_byte() {
        for byte in 0..=255_u8 {
            let expected = char::from(byte)
                .to_digit(16)
                .map_or(255, |digit| digit as u8);
            assert_eq!(nibble(byte), expected);
        }
    }

    #[test]
    fn every_length_and_every_place() {
        for length in 0..70 {
            let bytes: Vec<u8> = (0..length as u8).map(|at| at.wrapping_mul(151)).collect();
            let digits = base16ct::lower::encode_string(&bytes);
            let upper = digits.to_uppercase();
            let mut out = vec![0; length];
            for text in [&digits, &upper] {
                assert!(decode(text.as_bytes(), &mut out));
                assert_eq!(out, bytes);
            }
            assert!(!decode([&digits, "0"].concat().as_bytes(), &mut out));
            assert!(!decode(
                &digits.as_bytes()[..digits.len().saturating_sub(1)],
                &mut vec![0; length.max(1)]
            ));
            for at in 0..digits.len() {
                for wrong in [b'g', b'/', b':', b'@', b'`', b' ', 0, 0xb1] {
                    let mut text = digits.clone().into_bytes();
                    text[at] = wrong;
                    assert!(!decode(&text, &mut out));
                }
            }
        }
    }
}
