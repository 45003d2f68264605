//! What can have happened to a secret between the sender's console and the configuration.

use super::{causes::CauseKind, containers};
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

/// A way to read a secret.
pub(super) type Way = fn(&Row<'_>, &Secret, Option<KeyEncoding>) -> Vec<Reading>;

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
    // Before the other encodings: no sender that has random bytes has a text.
    add(
        CauseKind::KeyBase64,
        "",
        from_base64(row, trimmed, encoding),
    );
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

/// Every piece of a text that gives a usable key.
pub(super) fn pieces(
    row: &Row<'_>,
    secret: &Secret,
    encoding: Option<KeyEncoding>,
) -> Vec<Reading> {
    let text = core::str::from_utf8(secret.expose()).unwrap_or_default();
    let mut found = Vec::new();
    for piece in containers::pieces(text) {
        let plain = key::for_verifying(row, &Secret::from(piece), encoding).ok();
        // Kubernetes has its values in base64.
        let keys = [plain, from_base64(row, piece, encoding)];
        found.extend(keys.into_iter().flatten().map(|key| Reading {
            kind: CauseKind::KeyInText,
            fits: "",
            key,
        }));
    }
    found
}

/// The key of a text that somebody has put into base64, maybe with a line break at its end.
fn from_base64(row: &Row<'_>, text: &str, encoding: Option<KeyEncoding>) -> Option<Prepared> {
    let bytes = Secret::new(text::secret_base64(text)?);
    let inner = trimmed(core::str::from_utf8(bytes.expose()).ok()?);
    let is_text = !inner.contains(char::is_control);
    is_text.then(|| key::for_verifying(row, &Secret::from(inner), encoding).ok())?
}

/// A secret without what editors, terminals and YAML leave around it: white space, characters that nobody sees, and line
/// breaks that were written as an escape.
pub(super) fn trimmed(text: &str) -> &str {
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

/// Also what word processors and Markdown put around it.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    const QUOTES: [(char, char); 5] =
        [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('‘', '’')];
    QUOTES
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))
}

/// What follows `NAME=` or `export NAME=` of an environment, `name:` of YAML, or `Bearer` of a header.
pub(super) fn unnamed(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix("Bearer ") {
        return Some(trimmed(rest));
    }
    let line = text.strip_prefix("export ").unwrap_or(text);
    let (name, value) = line.split_once(['=', ':'])?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    name.trim_end().bytes().all(is_name).then(|| trimmed(value))
}
