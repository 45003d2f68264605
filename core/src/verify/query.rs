//! What both profiles of signed queries share: reading the raw text, and the result.
//!
//! Order of checks: limits, parse, duplicates and forms, key, MAC, time, content, replay key. A bad signature is reported
//! before a bad time, so that nobody without the key learns anything about the clock.

use crate::{
    error::{Error, ErrorCode, Result},
    limits::QUERY_MAX,
    percent::{self, Space},
};
use alloc::{borrow::Cow, string::String, vec::Vec};

/// The query as a URL parser would pass it on (WHATWG URL, query state), so that the verdict is the same whether the
/// caller's HTTP stack had parsed the address or not: without a fragment, without tabs and line breaks, and without
/// blanks and control characters at its end. What such a parser percent-encodes decodes to the same bytes anyway.
pub(crate) fn normalised(query: &[u8]) -> Result<Cow<'_, [u8]>> {
    if query.len() > QUERY_MAX {
        return Err(Error::with_detail(ErrorCode::TooLarge, "the query"));
    }
    let ends = query.last().is_some_and(|&byte| byte <= b' ');
    if !ends
        && !query
            .iter()
            .any(|byte| matches!(byte, b'#' | b'\t' | b'\n' | b'\r'))
    {
        return Ok(Cow::Borrowed(query));
    }
    let kept = match query.iter().position(|&byte| byte == b'#') {
        Some(fragment) => &query[..fragment],
        None => {
            let end = query
                .iter()
                .rposition(|&byte| byte > b' ')
                .map_or(0, |last| last + 1);
            &query[..end]
        }
    };
    let removed = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r');
    Ok(Cow::Owned(
        kept.iter().copied().filter(|byte| !removed(byte)).collect(),
    ))
}

/// Name and value of each parameter, still encoded. Empty segments are no parameters.
pub(crate) fn parameters(query: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    query
        .split(|&byte| byte == b'&')
        .filter(|segment| !segment.is_empty())
        .map(
            |segment| match segment.iter().position(|&byte| byte == b'=') {
                Some(at) => (&segment[..at], &segment[at + 1..]),
                None => (segment, &segment[segment.len()..]),
            },
        )
}

/// Decodes as forms do: `+` is a blank.
pub(crate) fn decode<'a>(text: &'a [u8], field: &'static str) -> Result<Cow<'a, [u8]>> {
    percent::decode(text, Space::Plus)
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

/// Whether a text holds a control character (C0, DEL, C1).
pub(crate) fn has_control(text: &str) -> bool {
    // C1 characters are two bytes long and begin with 0xC2, so plain text is settled by its bytes.
    text.bytes()
        .any(|byte| byte < b' ' || byte == 0x7F || byte == 0xC2)
        && text.chars().any(char::is_control)
}

/// What a profile found authentic and acceptable.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Verified {
    pub(crate) fields: Fields,
    pub(crate) key_id: String,
    pub(crate) tenant: Option<String>,
    pub(crate) signed_at_ms: i64,
    pub(crate) until_ms: i64,
    /// The signature as bytes: what a replay is recognised by, whatever the spelling of the query.
    pub(crate) signature: [u8; 32],
}

/// Names and values in one text, so that a verified query costs two allocations and not two per field.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Fields {
    text: String,
    /// End of the name and end of the value of each field.
    ends: Vec<(usize, usize)>,
}

impl Fields {
    pub(crate) fn with_capacity(fields: usize, text: usize) -> Self {
        Self {
            text: String::with_capacity(text),
            ends: Vec::with_capacity(fields),
        }
    }

    pub(crate) fn push(&mut self, name: &str, value: &str) {
        self.text.push_str(name);
        let name_end = self.text.len();
        self.text.push_str(value);
        self.ends.push((name_end, self.text.len()));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.ends.iter().scan(0, |start, &(name_end, end)| {
            let from = core::mem::replace(start, end);
            Some((
                self.text.get(from..name_end)?,
                self.text.get(name_end..end)?,
            ))
        })
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|field| field.0 == name)
            .map(|field| field.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_parser_makes_no_difference() {
        for (raw, parsed) in [
            (&b"a=b"[..], &b"a=b"[..]),
            (b"a=\tb\r\n&c=d", b"a=b&c=d"),
            (b"a=b#frag&a=c", b"a=b"),
            (b"a=b \x01 ", b"a=b"),
            (b"a=b #x", b"a=b "),
        ] {
            assert_eq!(&*normalised(raw).unwrap(), parsed);
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
