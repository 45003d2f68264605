//! Percent-escapes as their many writers make them: they agree on letters, digits and `-._`, and on little else.

use super::{
    causes::CauseKind,
    spelling::{Spelling, change},
};
use crate::{hex, percent::Space};
use alloc::{string::String, vec::Vec};

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

fn escape(out: &mut String, character: char) {
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        push(out, byte);
    }
}

/// A text in which these characters are escaped, and nothing else is changed; with the escapes that came.
pub(super) fn add(text: &str, which: impl Fn(char) -> bool) -> (String, String) {
    let (mut out, mut came) = (String::with_capacity(text.len()), Vec::new());
    for character in text.chars() {
        if which(character) {
            escape(&mut out, character);
            came.push(character);
        } else {
            out.push(character);
        }
    }
    came.sort_unstable();
    came.dedup();
    let mut escapes = String::new();
    for character in came {
        escape(&mut escapes, character);
    }
    (out, escapes)
}

/// A text in which these ASCII characters are not escaped, and nothing else is changed; with those that were.
pub(super) fn remove(text: &str, which: &str) -> (String, String) {
    let (mut out, mut came) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let character = match *after.as_bytes() {
            [high, low, ..] => hex::pair(high, low).map(char::from),
            _ => None,
        };
        match character {
            Some(character) if which.contains(character) => {
                out.push(character);
                came.push(character);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                out.push('%');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    came.sort_unstable();
    came.dedup();
    (out, came.into_iter().collect())
}

/// A text whose escapes have their letters in the other case, as far as it has any.
pub(super) fn in_other_case(text: &str) -> impl Iterator<Item = Spelling> {
    let lower = turned(text, |digits| digits.make_ascii_lowercase());
    let upper = turned(text, |digits| digits.make_ascii_uppercase());
    let named = [(lower, "lower case"), (upper, "upper case")];
    named.into_iter().filter_map(move |(turned, name)| {
        let other = turned.filter(|turned| turned != text)?;
        Some(change(other, CauseKind::UrlEscapeCase, name))
    })
}

/// A text with something done to the digits of its escapes.
fn turned(text: &str, turn: fn(&mut [u8])) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut at = 0;
    while let Some(mark) = bytes.get(at..).and_then(|rest| memchr::memchr(b'%', rest)) {
        at += mark + 1;
        let digits = bytes.get_mut(at..at + 2).unwrap_or_default();
        if matches!(*digits, [high, low] if hex::pair(high, low).is_some()) {
            turn(digits);
        }
    }
    String::from_utf8(bytes).ok()
}
