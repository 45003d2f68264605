//! What both profiles of signed queries share: reading the raw text, and the result.
//!
//! Order of checks: limits, parse, duplicates and forms, key, MAC, time, content, replay key. A bad signature is reported
//! before a bad time, so that nobody without the key learns anything about the clock.

use crate::{
    error::{Error, ErrorCode, Result},
    limits::{QUERY_FIELD_MAX, QUERY_MAX},
    percent::{self, Space},
};
use alloc::{borrow::Cow, string::String};

/// The query as a URL parser would pass it on (WHATWG URL, query state), so that the verdict is the same whether the
/// caller's HTTP stack had parsed the address or not: without a fragment, without tabs and line breaks, and without
/// blanks and control characters at its end. What such a parser percent-encodes decodes to the same bytes anyway.
///
/// # Errors
/// `TOO_LARGE`; `INVALID_ENCODING` for bytes that are no UTF-8.
pub(crate) fn normalised(query: &[u8]) -> Result<Cow<'_, str>> {
    if query.len() > QUERY_MAX {
        return Err(Error::with_detail(ErrorCode::TooLarge, "the query"));
    }
    let text = core::str::from_utf8(query)
        .map_err(|_| Error::with_detail(ErrorCode::InvalidEncoding, "the query"))?;
    let special = |byte: u8| matches!(byte, b'#' | b'\t' | b'\n' | b'\r');
    let ends = query.last().is_some_and(|&byte| byte <= b' ');
    // Without an early exit, the compiler looks at many bytes at once.
    if !ends
        && !query
            .iter()
            .fold(false, |found, &byte| found | special(byte))
    {
        return Ok(Cow::Borrowed(text));
    }
    let kept = match text.split_once('#') {
        Some((kept, _fragment)) => kept,
        None => text.trim_end_matches(|c| c <= ' '),
    };
    Ok(Cow::Owned(kept.replace(['\t', '\n', '\r'], "")))
}

/// Name and value of each parameter, still encoded, found in one pass. Empty segments are no parameters.
pub(crate) fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = query;
    core::iter::from_fn(move || {
        while let Some(after) = rest.strip_prefix('&') {
            rest = after;
        }
        if rest.is_empty() {
            return None;
        }
        let (name, after) = cut(rest, b'=', b'&');
        let value;
        (value, rest) = match after.strip_prefix('=') {
            Some(after) => cut(after, b'&', b'&'),
            None => ("", after),
        };
        Some((name, value))
    })
}

/// The text before, and from, the first of two ASCII characters.
fn cut(text: &str, one: u8, other: u8) -> (&str, &str) {
    let end = find(text.as_bytes(), one, other);
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Where one of two bytes occurs first, or the length. Looks at eight bytes at a time: this is most of the work of parsing.
fn find(bytes: &[u8], one: u8, other: u8) -> usize {
    const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    // The lowest bit that is set marks the first byte that is zero; bits above it may be wrong.
    let zeros = |word: u64| word.wrapping_sub(LOW) & !word & HIGH;
    let (ones, others) = (LOW * u64::from(one), LOW * u64::from(other));
    let (mut at, mut rest) = (0, bytes);
    while let Some((eight, tail)) = rest.split_first_chunk() {
        let word = u64::from_le_bytes(*eight);
        let hits = zeros(word ^ ones) | zeros(word ^ others);
        if hits != 0 {
            return at + hits.trailing_zeros() as usize / 8;
        }
        (at, rest) = (at + 8, tail);
    }
    let found = rest.iter().position(|&byte| byte == one || byte == other);
    at + found.unwrap_or(rest.len())
}

/// Decodes as forms do: `+` is a blank.
pub(crate) fn decode<'a>(text: &'a str, field: &'static str) -> Result<Cow<'a, [u8]>> {
    percent::decode(text.as_bytes(), Space::Plus)
        .map_err(|_| Error::with_detail(ErrorCode::InvalidEncoding, field))
}

/// Exactly ten digits, the first not zero: Unix seconds of the years 2001 to 2286, in their only spelling. A fixed
/// width also leaves one border between an email and the time that follows it.
pub(crate) fn seconds(text: &[u8]) -> Option<i64> {
    let right = text.len() == 10 && text[0] != b'0' && text.iter().all(u8::is_ascii_digit);
    right.then(|| {
        text.iter()
            .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
    })
}

/// Bits of [`kinds`]: a byte of an encoding, and a byte that is or begins a control character.
const ENCODED: u8 = 1;
const CONTROL: u8 = 2;

static KINDS: [u8; 256] = {
    let mut table = [0; 256];
    table[b'%' as usize] = ENCODED;
    table[b'+' as usize] = ENCODED;
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = CONTROL;
        byte += 1;
    }
    table[0x7F] = CONTROL;
    // C1 characters are two bytes long and begin with 0xC2.
    table[0xC2] = CONTROL;
    table
};

/// Everything that occurs in a text, without a branch for each byte.
fn kinds(text: &str) -> u8 {
    text.bytes()
        .fold(0, |kinds, byte| kinds | KINDS[usize::from(byte)])
}

/// Whether a text has anything to decode.
pub(crate) fn is_encoded(text: &str) -> bool {
    kinds(text) & ENCODED != 0
}

/// Whether a text can be taken as it is: nothing to decode, no control character, and not long.
pub(crate) fn is_plain(text: &str) -> bool {
    text.len() <= QUERY_FIELD_MAX && kinds(text) == 0
}

/// Whether a text holds a control character (C0, DEL, C1).
pub(crate) fn has_control(text: &str) -> bool {
    kinds(text) & CONTROL != 0 && text.chars().any(char::is_control)
}

/// What a profile found authentic and acceptable.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Verified {
    pub(crate) fields: Fields,
    pub(crate) tenant: Option<String>,
    pub(crate) signed_at_ms: i64,
    pub(crate) until_ms: i64,
    /// The signature as bytes: what a replay is recognised by, whatever the spelling of the query.
    pub(crate) signature: [u8; 32],
}

/// Key id, names and values in one text, so that a verified query costs one allocation.
///
/// Each name and each value ends with a line feed, which none of them can hold: control characters are refused.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Fields {
    text: String,
    key_id_end: usize,
}

impl Fields {
    /// Room for `length` bytes of names and values, and their ends.
    pub(crate) fn new(key_id: &str, length: usize) -> Self {
        let mut text = String::with_capacity(key_id.len() + length);
        text.push_str(key_id);
        Self {
            text,
            key_id_end: key_id.len(),
        }
    }

    pub(crate) fn key_id(&self) -> &str {
        self.text.get(..self.key_id_end).unwrap_or_default()
    }

    pub(crate) fn push(&mut self, name: &str, value: &str) {
        for part in [name, value] {
            self.text.push_str(part);
            self.text.push('\n');
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut parts = self
            .text
            .get(self.key_id_end..)
            .unwrap_or_default()
            .split_terminator('\n');
        core::iter::from_fn(move || Some((parts.next()?, parts.next()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn a_url_parser_makes_no_difference() {
        for (raw, parsed) in [
            (&b"a=b"[..], &b"a=b"[..]),
            (b"a=\tb\r\n&c=d", b"a=b&c=d"),
            (b"a=b#frag&a=c", b"a=b"),
            (b"a=b \x01 ", b"a=b"),
            (b"a=b #x", b"a=b "),
        ] {
            assert_eq!(normalised(raw).unwrap().as_bytes(), parsed);
        }
    }

    #[test]
    fn a_parameter_ends_at_the_next_ampersand() {
        let all: Vec<_> = parameters("&&a=b&c&=d&e==f=&&g=").collect();
        assert_eq!(
            all,
            [("a", "b"), ("c", ""), ("", "d"), ("e", "=f="), ("g", "")]
        );
        assert_eq!(parameters("").count(), 0);
    }

    #[test]
    fn finds_the_first_of_two_bytes_everywhere() {
        let mut bytes = [b'%'; 40];
        assert_eq!(find(&bytes, b'=', b'&'), 40);
        for at in (0..40).rev() {
            bytes[at] = if at % 3 == 0 { b'=' } else { b'&' };
            assert_eq!(find(&bytes, b'=', b'&'), at);
            assert_eq!(find(&bytes[..at], b'=', b'&'), at);
        }
    }

    #[test]
    fn only_one_spelling_of_a_time() {
        assert_eq!(seconds(b"1700000000"), Some(1_700_000_000));
        for text in [
            "",
            "170000000",
            "01700000000",
            "0700000000",
            "+170000000",
            " 170000000",
            "1700000000000",
            "1e9",
        ] {
            assert_eq!(seconds(text.as_bytes()), None, "{text}");
        }
    }
}
