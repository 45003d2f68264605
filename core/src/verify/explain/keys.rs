//! What can have happened to a secret between the sender's console and the configuration.

use super::causes::CauseKind;
use crate::{
    secret::Secret,
    verify::webhook::{
        key::{self, Prepared},
        row::{KeyEncoding, Row},
        text,
    },
};
use alloc::vec::Vec;

/// A secret read in another way than it is configured.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) kind: CauseKind,
    /// What would fit: the encoding that this reading uses, or the prefix that is missing; may be empty.
    pub(super) fits: &'static str,
    pub(super) key: Prepared,
}

/// The encodings of secrets that operators mix up.
const ENCODINGS: [KeyEncoding; 5] = [
    KeyEncoding::Utf8,
    KeyEncoding::Base64,
    KeyEncoding::Base64Url,
    KeyEncoding::Hex,
    KeyEncoding::Whsec,
];

/// How the secrets of a scheme begin, where that is part of the key. It looks like a label, and people cut it off.
fn prefix(scheme: &str) -> &'static str {
    match scheme {
        "stripe" => "whsec_",
        "elevenlabs" => "wsec_",
        "linear" => "lin_wh_",
        "notion" => "secret_",
        "paddle" => "pdl_ntfset_",
        "shopify" | "shopify-oauth" | "shopify-app-proxy" => "shpss_",
        _ => "",
    }
}

/// Every other reading of a secret that gives a usable key.
pub(super) fn readings(
    row: &Row<'_>,
    secret: &Secret,
    encoding: Option<KeyEncoding>,
) -> Vec<Reading> {
    let Ok(text) = core::str::from_utf8(secret.expose()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut add = |kind, fits: &'static str, key: Option<Prepared>| {
        if let Some(key) = key {
            found.push(Reading { kind, fits, key });
        }
    };
    let prepare =
        |text: &str, encoding| key::for_verifying(row, &Secret::from(text), encoding).ok();
    let trimmed = trimmed(text);
    if trimmed != text {
        add(CauseKind::KeyWhitespace, "", prepare(trimmed, encoding));
    }
    if let Some(inner) = unquoted(trimmed) {
        add(
            CauseKind::KeyQuoted,
            "",
            prepare(self::trimmed(inner), encoding),
        );
    }
    if let Some(value) = unnamed(trimmed) {
        let inner = unquoted(value).unwrap_or(value);
        add(CauseKind::KeyNamed, "", prepare(inner, encoding));
    }
    for other in ENCODINGS {
        if other != encoding.unwrap_or(row.key) {
            add(
                CauseKind::KeyDecoding,
                other.name(),
                prepare(trimmed, Some(other)),
            );
        }
    }
    if let Some(rest) = trimmed.strip_prefix("whsec_") {
        add(
            CauseKind::KeyDecoding,
            "utf8 without whsec_",
            prepare(rest, Some(KeyEncoding::Utf8)),
        );
    }
    // What was in base64 may be a text that is read as the sender's secrets are, and it may end in a line break.
    if let Some(bytes) = text::secret_base64(trimmed).map(Secret::new) {
        let inner = core::str::from_utf8(bytes.expose()).map(self::trimmed);
        let key = inner.ok().and_then(|inner| prepare(inner, encoding));
        add(CauseKind::KeyBase64, "", key);
    }
    let prefix = prefix(row.id);
    if !prefix.is_empty() && !trimmed.starts_with(prefix) {
        let whole = Secret::new([prefix, trimmed].concat().into_bytes());
        add(
            CauseKind::KeyPrefixMissing,
            prefix,
            key::for_verifying_bytes(row, whole).ok(),
        );
    }
    for end in ["\n", "\r\n"] {
        let bytes = Secret::new([trimmed, end].concat().into_bytes());
        add(
            CauseKind::KeyNewlineMissing,
            "",
            key::for_verifying_bytes(row, bytes).ok(),
        );
    }
    found
}

/// A secret without what editors, terminals and YAML leave around it: white space, characters that nobody sees, and line
/// breaks that were written as an escape.
fn trimmed(text: &str) -> &str {
    let unseen = |character: char| {
        character.is_whitespace()
            || matches!(character, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
    };
    let mut text = text.trim_matches(unseen);
    while let Some(rest) = text
        .strip_suffix("\\n")
        .or_else(|| text.strip_suffix("\\r"))
    {
        text = rest.trim_end_matches(unseen);
    }
    text
}

fn unquoted(text: &str) -> Option<&str> {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
}

/// What follows `NAME=` or `export NAME=` of an environment, `name:` of YAML, or `Bearer` of a header.
fn unnamed(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix("Bearer ") {
        return Some(trimmed(rest));
    }
    let line = text.strip_prefix("export ").unwrap_or(text);
    let (name, value) = line.split_once(['=', ':'])?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    name.trim_end().bytes().all(is_name).then(|| trimmed(value))
}

/// Whether a secret is none: what templates have in its place, or the name of a variable, such as `XERO_WEBHOOK_KEY`.
pub(super) fn is_placeholder(secret: &[u8]) -> bool {
    const BEGINNINGS: [&str; 7] = [
        "${",
        "$(",
        "{{",
        "process.env.",
        "os.environ",
        "your_",
        "your-",
    ];
    let Ok(text) = core::str::from_utf8(secret).map(trimmed) else {
        return false;
    };
    let name = text.strip_prefix('$').unwrap_or(text).as_bytes();
    let is_name = name.contains(&b'_')
        && name.first().is_some_and(u8::is_ascii_uppercase)
        && name
            .iter()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'));
    let begins = |beginning: &&str| {
        let start = text.get(..beginning.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(beginning))
    };
    let is = |word: &&str| text.eq_ignore_ascii_case(word);
    is_name
        || BEGINNINGS.iter().any(begins)
        || ["undefined", "null", "none"].iter().any(is)
        || (text.starts_with('<') && text.ends_with('>'))
        || text.ends_with("...")
        || text.ends_with('…')
}
