//! A body as logs, shells and pages write it: each function gives back the bytes, or nothing if it was not written so.

use crate::{
    hex,
    percent::{self, Space},
};
use alloc::{string::String, vec::Vec};

/// The characters that Windows-1252 has for the bytes from 0x80, and browsers under the name of Latin-1; the replacement
/// character where it has none.
pub(super) const WINDOWS_1252: &str =
    "€\u{fffd}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffd}Ž\u{fffd}\u{fffd}‘’“”•–—˜™š›œ\u{fffd}žŸ";

/// `\x22` for a quote, as nginx writes its logs.
pub(super) fn from_x_escapes(body: &[u8]) -> Option<Vec<u8>> {
    memchr::memmem::find(body, b"\\x")?;
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let [first, after @ ..] = rest {
        let escaped = match rest {
            [b'\\', b'x', high, low, after @ ..] => {
                hex::pair(*high, *low).map(|byte| (byte, after))
            }
            _ => None,
        };
        let (byte, after) = escaped.unwrap_or((*first, after));
        out.push(byte);
        rest = after;
    }
    Some(out)
}

/// UTF-16 of either order, with or without its mark, as PowerShell writes files.
pub(super) fn from_utf16(body: &[u8]) -> Option<Vec<u8>> {
    let (text, is_big): (&[u8], bool) = match body {
        [0xff, 0xfe, text @ ..] => (text, false),
        [0xfe, 0xff, text @ ..] => (text, true),
        [1..=0xff, 0, ..] => (body, false),
        [0, 1..=0xff, ..] => (body, true),
        _ => return None,
    };
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let units = text.chunks_exact(2).map(|two| match *two {
        [a, b] if is_big => u16::from_be_bytes([a, b]),
        [a, b] => u16::from_le_bytes([a, b]),
        _ => 0,
    });
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.ok().map(String::into_bytes)
}

/// Each byte as the character that it is in a one-byte character set.
pub(super) fn from_one_byte(body: &[u8], from_0x80: &str) -> Option<Vec<u8>> {
    if core::str::from_utf8(body).is_ok() {
        return None;
    }
    let character = |byte: &u8| {
        let at = usize::from(*byte).checked_sub(0x80);
        let other = at.and_then(|at| from_0x80.chars().nth(at));
        other.unwrap_or(char::from(*byte))
    };
    let text: String = body.iter().map(character).collect();
    Some(text.into_bytes())
}

/// `%7B%22` for `{"`. What has an equals sign or an ampersand is a form, and has its escapes from its sender.
pub(super) fn from_percent(body: &[u8], space: Space) -> Option<Vec<u8>> {
    let is_plain = |byte: &u8| b"=&{[\"<".contains(byte);
    if !body.contains(&b'%') || body.iter().any(is_plain) {
        return None;
    }
    percent::decode(body, space)
        .ok()
        .map(|text| text.into_owned())
}

/// `&quot;` for a quote.
pub(super) fn from_entities(body: &[u8]) -> Option<Vec<u8>> {
    const ENTITIES: [(&str, u8); 9] = [
        ("&quot;", b'"'),
        ("&#34;", b'"'),
        ("&#x22;", b'"'),
        ("&apos;", b'\''),
        ("&#39;", b'\''),
        ("&#x27;", b'\''),
        ("&lt;", b'<'),
        ("&gt;", b'>'),
        ("&amp;", b'&'),
    ];
    memchr::memmem::find(body, b";")?;
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let [first, after @ ..] = rest {
        let mut entities = ENTITIES.iter();
        let entity = entities.find_map(|(entity, byte)| {
            let after = rest.strip_prefix(entity.as_bytes())?;
            Some((*byte, after))
        });
        let (byte, after) = entity.unwrap_or((*first, after));
        out.push(byte);
        rest = after;
    }
    Some(out)
}
