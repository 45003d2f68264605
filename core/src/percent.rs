//! Percent-encoding, in the two spellings that signed queries and form bodies use.

use crate::{
    error::{Error, ErrorCode, Result},
    hex, scan,
};
use alloc::{borrow::Cow, string::String, vec::Vec};

/// How a space is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// `+`, as forms write it.
    Plus,
    /// `%20`, as URIs write it.
    Percent20,
}

/// Appends `text` with everything encoded but the unreserved characters of RFC 3986 (`A-Z a-z 0-9 - . _ ~`).
pub(crate) fn encode_into(out: &mut String, text: &[u8], space: Space) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in text {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' if space == Space::Plus => out.push('+'),
            _ => {
                out.push('%');
                out.push(char::from(HEX[usize::from(byte >> 4)]));
                out.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
}

/// `text` with everything encoded but the unreserved characters.
pub(crate) fn encode(text: &[u8], space: Space) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    encode_into(&mut out, text, space);
    out
}

/// Decodes `%XX`, and `+` to a space when spaces are written so. A `%` without two hex digits is an error.
pub(crate) fn decode(text: &[u8], space: Space) -> Result<Cow<'_, [u8]>> {
    let (run, escape) = before_escape(text, space);
    if escape.is_empty() {
        return Ok(Cow::Borrowed(text));
    }
    let mut out = Vec::with_capacity(text.len());
    out.extend_from_slice(run);
    decode_from(&mut out, escape, space)?;
    Ok(Cow::Owned(out))
}

/// As [`decode`], behind what is there.
pub(crate) fn decode_into(out: &mut Vec<u8>, text: &[u8], space: Space) -> Result<()> {
    let (run, escape) = before_escape(text, space);
    out.extend_from_slice(run);
    decode_from(out, escape, space)
}

#[inline]
fn before_escape(text: &[u8], space: Space) -> (&[u8], &[u8]) {
    let plus = if space == Space::Plus { b'+' } else { b'%' };
    text.split_at(scan::find(text, [b'%', plus]))
}

/// Decodes a text that is empty, or begins with an escape.
fn decode_from(out: &mut Vec<u8>, mut rest: &[u8], space: Space) -> Result<()> {
    while let [first, after @ ..] = rest {
        let byte;
        (byte, rest) = match after {
            _ if *first == b'+' => (b' ', after),
            [high, low, after @ ..] => (hex::pair(*high, *low).ok_or_else(bad)?, after),
            _ => return Err(bad()),
        };
        out.push(byte);
        let run;
        (run, rest) = before_escape(rest, space);
        out.extend_from_slice(run);
    }
    Ok(())
}

#[cold]
fn bad() -> Error {
    Error::with_detail(
        ErrorCode::InvalidEncoding,
        "a percent sign without two hex digits",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_what_the_wire_needs() {
        assert_eq!(
            encode("A & B+C ä".as_bytes(), Space::Plus),
            "A+%26+B%2BC+%C3%A4"
        );
        assert_eq!(
            encode("Łódź".as_bytes(), Space::Percent20),
            "%C5%81%C3%B3d%C5%BA"
        );
    }

    #[test]
    fn decodes_both_spellings() {
        assert_eq!(&*decode(b"a+b%20c", Space::Plus).unwrap(), b"a b c");
        assert_eq!(&*decode(b"%61+%2B", Space::Percent20).unwrap(), b"a++");
        assert_eq!(&*decode(b"a+b%20c", Space::Percent20).unwrap(), b"a+b c");
        for broken in [&b"%"[..], b"%4", b"%zz", b"a%2"] {
            assert!(decode(broken, Space::Plus).is_err());
        }
    }
}
