//! What both profiles of signed queries share: reading the raw text, and the result.
//!
//! Order of checks: limits, parse, duplicates and forms, key, MAC, time, content, replay key. A bad signature is reported
//! before a bad time, so that nobody without the key learns anything about the clock.

use crate::{
    decimal,
    error::{Error, ErrorCode, Result},
    limits::QUERY_MAX,
    percent::{self, Space},
    scan,
    verify::small::Bytes,
};
use alloc::{borrow::Cow, string::String};

/// The query as a URL parser would pass it on (WHATWG URL, query state), so that the verdict is the same whether the
/// caller's HTTP stack had parsed the address or not: without a fragment, without tabs and line breaks, and without
/// blanks and control characters at its end. What such a parser percent-encodes decodes to the same bytes anyway.
///
/// The flag says that every byte is printable ASCII, as in any query that a library wrote.
///
/// # Errors
/// `TOO_LARGE`; `INVALID_ENCODING` for bytes that are no UTF-8.
pub(crate) fn normalised(query: &[u8]) -> Result<(Cow<'_, [u8]>, bool)> {
    if query.len() > QUERY_MAX {
        return Err(Error::with_detail(ErrorCode::TooLarge, "the query"));
    }
    let odd = |byte: u8| byte.wrapping_sub(b' ') > b'~' - b' ' || byte == b'#';
    // Without an early exit, the compiler looks at many bytes at once.
    let any_odd = query.iter().fold(false, |found, &byte| found | odd(byte));
    if !any_odd && query.last() != Some(&b' ') {
        return Ok((Cow::Borrowed(query), true));
    }
    Ok((cleaned(query)?, false))
}

#[cold]
fn cleaned(query: &[u8]) -> Result<Cow<'_, [u8]>> {
    if core::str::from_utf8(query).is_err() {
        return Err(Error::with_detail(ErrorCode::InvalidEncoding, "the query"));
    }
    let mut kept = query;
    if let Some(fragment) = query.iter().position(|byte| *byte == b'#') {
        kept = &query[..fragment];
    } else {
        while let Some((b'\0'..=b' ', before)) = kept.split_last() {
            kept = before;
        }
    }
    let removed = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r');
    if kept.iter().any(removed) {
        let rest = kept.iter().copied().filter(|byte| !removed(byte));
        return Ok(Cow::Owned(rest.collect()));
    }
    Ok(Cow::Borrowed(kept))
}

/// Name and value of each parameter, still encoded, found in one pass. Empty segments are no parameters.
pub(crate) fn parameters(query: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = query;
    core::iter::from_fn(move || parameter(&mut rest))
}

/// Takes the next parameter off the query.
pub(crate) fn parameter<'q>(query: &mut &'q [u8]) -> Option<(&'q [u8], &'q [u8])> {
    while let [b'&', after @ ..] = *query {
        *query = after;
    }
    if query.is_empty() {
        return None;
    }
    let (name, after) = cut(query, [b'=', b'&']);
    let Some(after) = after.strip_prefix(b"=") else {
        *query = after;
        return Some((name, &[]));
    };
    let (value, after) = cut(after, [b'&']);
    *query = after.strip_prefix(b"&").unwrap_or(after);
    Some((name, value))
}

/// The bytes before, and from, the first of the wanted ones.
#[inline(always)]
fn cut<const N: usize>(bytes: &[u8], wanted: [u8; N]) -> (&[u8], &[u8]) {
    let end = scan::find(bytes, wanted);
    bytes.split_at_checked(end).unwrap_or((bytes, &[]))
}

/// Decodes as forms do: `+` is a blank.
pub(crate) fn decode<'a>(text: &'a [u8], field: &'static str) -> Result<Cow<'a, [u8]>> {
    percent::decode(text, Space::Plus)
        .map_err(|_| Error::with_detail(ErrorCode::InvalidEncoding, field))
}

/// Exactly ten digits, the first not zero: Unix seconds of the years 2001 to 2286, in their only spelling. A fixed
/// width also leaves one border between an email and the time that follows it.
#[inline]
pub(crate) fn seconds(text: &[u8]) -> Option<i64> {
    let has_form = text.len() == 10 && text.first() != Some(&b'0');
    decimal::number(text).filter(|_| has_form)
}

/// Whether a text holds a control character (C0, DEL, C1).
pub(crate) fn has_control(text: &str) -> bool {
    // C1 characters are two bytes long and begin with 0xC2.
    let may_be = |byte: u8| byte < b' ' || byte == 0x7F || byte == 0xC2;
    text.bytes().any(may_be) && text.chars().any(char::is_control)
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

/// Key id and values, one behind the other, so that a query of usual length needs no allocation.
///
/// All of them were found to be UTF-8 when they were read, so that looking again can wait until somebody wants one.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Fields {
    text: Bytes<USUAL>,
    key_id_end: usize,
    named: Named,
}

/// Room for a key id, two names and an email.
const USUAL: usize = 96;

/// Where the names are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    /// In the text. Each name and each value ends with a line feed, which none of them can hold: control characters are
    /// refused.
    InText,
    /// Here, with the lengths of the values, which are all that is in the text.
    Here(&'static [&'static str], [u16; 3]),
}

impl Fields {
    /// The key id, which ends at `key_id_end`, then names and values with their ends.
    pub(crate) fn new(text: String, key_id_end: usize) -> Self {
        Self {
            text: text.into_bytes().into(),
            key_id_end,
            named: Named::InText,
        }
    }

    /// The values of three fields whose names are constants.
    #[inline]
    pub(crate) fn of_names(
        key_id: &str,
        names: &'static [&'static str],
        values: &[u8],
        lengths: [u16; 3],
    ) -> Self {
        let mut text = Bytes::new();
        let room = text.room(key_id.len() + values.len());
        if let Some((start, rest)) = room.split_at_mut_checked(key_id.len()) {
            start.copy_from_slice(key_id.as_bytes());
            rest.copy_from_slice(values);
        }
        Self {
            text,
            key_id_end: key_id.len(),
            named: Named::Here(names, lengths),
        }
    }

    pub(crate) fn key_id(&self) -> &str {
        text(self.text.get(..self.key_id_end))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut rest = self.text.get(self.key_id_end..).unwrap_or_default();
        let mut at = 0;
        core::iter::from_fn(move || match self.named {
            Named::InText => {
                let mut lines = rest.splitn(3, |byte| *byte == b'\n');
                let pair = (text(lines.next()), text(lines.next()));
                rest = lines.next()?;
                Some(pair)
            }
            Named::Here(names, lengths) => {
                let (name, length) = (*names.get(at)?, usize::from(*lengths.get(at)?));
                let value;
                (value, rest) = rest.split_at_checked(length)?;
                at += 1;
                Some((name, text(Some(value))))
            }
        })
    }
}

fn text(bytes: Option<&[u8]>) -> &str {
    core::str::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
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
            assert_eq!(&*normalised(raw).unwrap().0, parsed);
        }
    }

    #[test]
    fn a_parameter_ends_at_the_next_ampersand() {
        let all: Vec<_> = parameters(b"&&a=b&c&=d&e==f=&&g=").collect();
        let expected: [(&[u8], &[u8]); 5] = [
            (b"a", b"b"),
            (b"c", b""),
            (b"", b"d"),
            (b"e", b"=f="),
            (b"g", b""),
        ];
        assert_eq!(all, expected);
        assert_eq!(parameters(b"").count(), 0);
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
