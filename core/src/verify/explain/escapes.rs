//! Percent-escapes as their many writers make them: they agree on letters, digits and `-._`, and on little else.

use crate::percent::Space;
use alloc::string::String;

/// PHP's `urlencode`.
pub(super) const NOTHING: &str = "";
/// RFC 3986, and so Go, Python and PHP's `rawurlencode`.
pub(super) const RFC3986: &str = "~";
/// The forms of the URL standard, Java and Ruby.
pub(super) const FORMS: &str = "*";
/// JavaScript's `encodeURIComponent`.
pub(super) const JAVASCRIPT: &str = "!'()*~";

/// A text with everything escaped but what all leave plain, and what this writer does.
pub(super) fn write(text: &[u8], plain: &str, space: Space) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    for &byte in text {
        match byte {
            b' ' if space == Space::Plus => out.push('+'),
            b'-' | b'.' | b'_' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() || plain.as_bytes().contains(&byte) => {
                out.push(char::from(byte));
            }
            _ => push(&mut out, byte),
        }
    }
    out
}

fn push(out: &mut String, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(HEX[usize::from(byte >> 4)]));
    out.push(char::from(HEX[usize::from(byte & 15)]));
}
