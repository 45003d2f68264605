//! Decimal digits, eight at a time.

use crate::scan::each;
use alloc::{string::String, vec::Vec};

/// The digits of a number: what `to_string` gives, without the formatting of the standard library.
pub(crate) fn text(number: u64) -> String {
    let mut digits = Vec::new();
    push(&mut digits, number);
    String::from_utf8(digits).unwrap_or_default()
}

/// Appends the digits of a number.
pub(crate) fn push(out: &mut Vec<u8>, number: u64) {
    if number < 10 {
        return out.push(b'0' + number as u8);
    }
    let places = number.checked_ilog10().unwrap_or(0) as usize + 1;
    let (start, mut rest) = (out.len(), number);
    out.resize(start + places, 0);
    for digit in out[start..].iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
}

/// The number that at most 18 digits write; `None` for any other byte.
#[inline]
pub(crate) fn number(digits: &[u8]) -> Option<i64> {
    let one_by_one = |digits: &[u8]| {
        digits.iter().try_fold(0_i64, |sum, digit| match digit {
            b'0'..=b'9' => sum.checked_mul(10)?.checked_add(i64::from(digit - b'0')),
            _ => None,
        })
    };
    match digits.split_last_chunk() {
        None => one_by_one(digits),
        Some((first, last)) => one_by_one(first)?
            .checked_mul(100_000_000)?
            .checked_add(eight(*last)?),
    }
}

/// The number that eight digits write.
#[inline]
fn eight(digits: [u8; 8]) -> Option<i64> {
    let values = u64::from_le_bytes(digits) ^ each(b'0');
    // A value beyond 9 has a bit in its upper half, or gets one by adding 6. If it disturbs its neighbour, it was found itself.
    if (values | values.wrapping_add(each(6))) & each(0xF0) != 0 {
        return None;
    }
    // Every second value, then every fourth, holds the number of its own and of those before it.
    let pairs = (10 * values + (values >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (100 * pairs + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    let all = (10_000 * fours + (fours >> 32)) & 0xFFFF_FFFF;
    Some(all as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString as _};

    #[test]
    fn every_length_and_every_place() {
        for at in 0..20 {
            for number in [10_u64.pow(at), 10_u64.pow(at) - 1, 7 * (10_u64.pow(at) / 9)] {
                assert_eq!(text(number), number.to_string());
            }
        }
        assert_eq!(text(u64::MAX), u64::MAX.to_string());
        for number_of_digits in 1..=18 {
            let largest = "9876543210".repeat(2)[..number_of_digits].to_string();
            assert_eq!(number(largest.as_bytes()), largest.parse().ok());
            for at in 0..number_of_digits {
                for byte in 0..=255_u8 {
                    let mut text = largest.clone().into_bytes();
                    text[at] = byte;
                    let digits = core::str::from_utf8(&text)
                        .ok()
                        .filter(|_| byte.is_ascii_digit());
                    assert_eq!(
                        number(&text),
                        digits.and_then(|digits| digits.parse().ok()),
                        "{text:?}"
                    );
                }
            }
        }
        assert_eq!(number(format!("{}0", i64::MAX).as_bytes()), None);
        assert_eq!(number(b""), Some(0));
    }
}
