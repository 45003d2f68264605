//! Headers as they arrived: names in any case, values without the white space around them.

use super::row::names;
use crate::{
    error::{Error, ErrorCode, Result},
    limits::WEBHOOK_SIGNATURES_MAX,
};
use alloc::{borrow::ToOwned, vec::Vec};
use core::fmt;

/// A header of a received request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WebhookHeader<'a> {
    /// The name, in any case.
    pub name: &'a str,
    /// The value as received.
    pub value: &'a [u8],
}

/// Without the value, which for some schemes is the secret itself.
impl fmt::Debug for WebhookHeader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} bytes", self.name, self.value.len())
    }
}

/// The value of a header; `None` if it is absent or empty.
///
/// # Errors
/// `AMBIGUOUS_INPUT` when it is there twice with different values: another reader could take the other one.
pub(crate) fn find<'a>(headers: &[WebhookHeader<'a>], name: &str) -> Result<Option<&'a [u8]>> {
    let mut found: Option<&[u8]> = None;
    for header in headers {
        if !is(header.name, name) {
            continue;
        }
        let value = trim(header.value);
        if found.is_some_and(|other| other != value) {
            return Err(Error::with_detail(
                ErrorCode::AmbiguousInput,
                name.to_owned(),
            ));
        }
        found = Some(value);
    }
    Ok(found.filter(|value| !value.is_empty()))
}

/// Whether a name is the other, in any case.
#[inline]
fn is(name: &str, other: &str) -> bool {
    // Names of one length differ most often in their first or last letter.
    let ends = |name: &str| {
        let (name, lower) = (name.as_bytes(), |byte: &u8| byte | 0x20);
        (name.first().map(lower), name.last().map(lower))
    };
    name.len() == other.len()
        && ends(name) == ends(other)
        && (name == other || name.eq_ignore_ascii_case(other))
}

/// The values of `Name-1`, `Name-2` and so on, for a name that ends in `#`.
///
/// # Errors
/// As [`find`], and `MALFORMED_HEADER` for too many of them. They are read once, and no more are kept, so that a request with many
/// headers costs no more than one look at each.
pub(crate) fn numbered<'a>(headers: &[WebhookHeader<'a>], pattern: &str) -> Result<Vec<&'a [u8]>> {
    let stem = pattern.strip_suffix('#').unwrap_or(pattern);
    let mut found: Vec<(&str, &[u8])> = Vec::new();
    for header in headers {
        let Some(number) = number(header.name, stem) else {
            continue;
        };
        let value = trim(header.value);
        match found.iter().find(|(other, _)| *other == number) {
            Some((_, other)) if *other != value => {
                let name = header.name.to_owned();
                return Err(Error::with_detail(ErrorCode::AmbiguousInput, name));
            }
            Some(_) => {}
            None if found.len() == WEBHOOK_SIGNATURES_MAX => return Err(too_many()),
            None => found.push((number, value)),
        }
    }
    let values = found.into_iter().map(|(_, value)| value);
    Ok(values.filter(|value| !value.is_empty()).collect())
}

/// The number behind the stem of a numbered header.
fn number<'n>(name: &'n str, stem: &str) -> Option<&'n str> {
    let (start, number) = name.split_at_checked(stem.len())?;
    let is_number = matches!(
        number.as_bytes(),
        [b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9']
    );
    (is_number && start.eq_ignore_ascii_case(stem)).then_some(number)
}

/// Whether a list of headers, such as `X-Signature,X-Old-#`, says this name.
pub(crate) fn is_listed(list: &str, name: &str) -> bool {
    names(list).any(|one| match one.strip_suffix('#') {
        Some(stem) => number(name, stem).is_some(),
        None => one.eq_ignore_ascii_case(name),
    })
}

/// `MALFORMED_HEADER` for more signatures than [`WEBHOOK_SIGNATURES_MAX`].
pub(crate) fn too_many() -> Error {
    Error::with_detail(ErrorCode::MalformedHeader, "too many signatures")
}

/// `MISSING_HEADER` for a header.
pub(crate) fn missing(name: &str) -> Error {
    Error::with_detail(ErrorCode::MissingHeader, name.to_owned())
}

/// Without the optional white space of RFC 9110 around it.
fn trim(value: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    if let [first, .., last] = value {
        if !blank(first) && !blank(last) {
            return value;
        }
    }
    let start = value
        .iter()
        .position(|byte| !blank(byte))
        .unwrap_or(value.len());
    let end = value
        .iter()
        .rposition(|byte| !blank(byte))
        .map_or(start, |at| at + 1);
    value.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn headers<'a>(list: &[(&'a str, &'a str)]) -> Vec<WebhookHeader<'a>> {
        let header = |&(name, value): &(&'a str, &'a str)| WebhookHeader {
            name,
            value: value.as_bytes(),
        };
        list.iter().map(header).collect()
    }

    #[test]
    fn finds_in_any_case_and_refuses_contradictions() {
        let list = headers(&[
            ("X-A", " 1\t"),
            ("x-a", "1"),
            ("X-B", "1"),
            ("x-b", "2"),
            ("X-C", " "),
        ]);
        assert_eq!(find(&list, "x-A"), Ok(Some(&b"1"[..])));
        assert_eq!(
            find(&list, "X-B").map_err(|e| e.code()),
            Err(ErrorCode::AmbiguousInput)
        );
        assert_eq!(find(&list, "X-C"), Ok(None));
        assert_eq!(find(&list, "X-D"), Ok(None));
    }

    #[test]
    fn names_differ_in_case_alone() {
        for length in 0..30 {
            let name: String = ('A'..='Z').chain('0'..='9').take(length).collect();
            assert!(is(&name, &name.to_lowercase()));
            for at in 0..length {
                for byte in 0..0x80_u8 {
                    let mut other = name.clone().into_bytes();
                    other[at] = byte;
                    let other = String::from_utf8(other).unwrap();
                    assert_eq!(is(&name, &other), name.eq_ignore_ascii_case(&other));
                    assert_eq!(is(&other, &name), name.eq_ignore_ascii_case(&other));
                }
            }
        }
        assert!(!is("ABCDEFGÄ", "ABCDEFGä") && is("ABCDEFGÄ", "abcdefgÄ"));
    }

    #[test]
    fn numbered_headers_are_one_to_ninety_nine() {
        let list = headers(&[
            ("x-s-2", "b"),
            ("X-S-1", "a"),
            ("X-S-01", "c"),
            ("X-S-", "d"),
            ("X-S-100", "e"),
            ("X-S", "f"),
        ]);
        assert_eq!(numbered(&list, "X-S-#"), Ok(alloc::vec![&b"b"[..], b"a"]));
    }

    #[test]
    fn numbered_headers_are_counted_once_each() {
        let names: Vec<String> = (1..=17).map(|at| alloc::format!("X-S-{at}")).collect();
        let list: Vec<_> = names.iter().map(|name| (name.as_str(), "a")).collect();
        let code = |list: &[_]| numbered(&headers(list), "X-S-#").map_err(|e| e.code());
        assert_eq!(code(&list), Err(ErrorCode::MalformedHeader));
        assert_eq!(code(&list[..16]).map(|found| found.len()), Ok(16));
        assert_eq!(
            code(&[("X-S-1", "a"), ("x-s-1", "a ")]),
            Ok(alloc::vec![&b"a"[..]])
        );
        for other in ["b", ""] {
            let contradiction = code(&[("X-S-1", "a"), ("x-s-1", other)]);
            assert_eq!(contradiction, Err(ErrorCode::AmbiguousInput));
        }
    }
}
