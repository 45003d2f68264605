//! What both profiles of signed queries share: reading the raw text, and the result.
//!
//! Order of checks: limits, parse, duplicates and forms, key, MAC, time, content, replay key. A bad signature is reported
//! before a bad time, so that nobody without the key learns anything about the clock.

use crate::{
    error::{Error, ErrorCode, Result},
    limits::QUERY_MAX,
    percent::{self, Space},
    scan,
};
use alloc::{borrow::Cow, string::String, vec::Vec};

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
    const WEIGHTS: [i64; 10] = {
        let (mut weights, mut at) = ([1; 10], 9);
        while at > 0 {
            weights[at - 1] = weights[at] * 10;
            at -= 1;
        }
        weights
    };
    let digits: &[u8; 10] = text.try_into().ok()?;
    let right = digits[0] != b'0' && digits.iter().all(u8::is_ascii_digit);
    // A sum of products, which do not wait for each other.
    let values = digits.iter().zip(WEIGHTS);
    right.then(|| {
        values
            .map(|(digit, weight)| i64::from(digit - b'0') * weight)
            .sum()
    })
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

/// Key id and values in one text, so that a verified query costs one allocation.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Fields {
    text: String,
    key_id_end: usize,
    named: Named,
}

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
    pub(crate) fn new(text: Vec<u8>, key_id_end: usize) -> Result<Self> {
        Self::of_text(text, key_id_end, Named::InText)
    }

    /// The values of three fields whose names are constants.
    #[inline]
    pub(crate) fn of_names(
        key_id: &str,
        names: &'static [&'static str],
        values: &[u8],
        lengths: [u16; 3],
    ) -> Result<Self> {
        let mut text = Vec::with_capacity(key_id.len() + values.len());
        text.extend_from_slice(key_id.as_bytes());
        text.extend_from_slice(values);
        Self::of_text(text, key_id.len(), Named::Here(names, lengths))
    }

    #[inline]
    fn of_text(text: Vec<u8>, key_id_end: usize, named: Named) -> Result<Self> {
        let text = String::from_utf8(text);
        Ok(Self {
            text: text.map_err(|_| Error::new(ErrorCode::InvalidEncoding))?,
            key_id_end,
            named,
        })
    }

    pub(crate) fn key_id(&self) -> &str {
        self.text.get(..self.key_id_end).unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut rest = self.text.get(self.key_id_end..).unwrap_or_default();
        let mut at = 0;
        core::iter::from_fn(move || {
            let (name, value);
            match self.named {
                Named::InText => {
                    (name, rest) = rest.split_once('\n')?;
                    (value, rest) = rest.split_once('\n')?;
                }
                Named::Here(names, lengths) => {
                    name = *names.get(at)?;
                    (value, rest) = rest.split_at_checked(usize::from(*lengths.get(at)?))?;
                    at += 1;
                }
            }
            Some((name, value))
        })
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
