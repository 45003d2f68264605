//! What can have happened to a secret between the sender's console and the configuration.

use super::causes::CauseKind;
use crate::{
    secret::Secret,
    verify::webhook::{
        key::{self, Prepared},
        row::{KeyEncoding, Row},
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
    let trimmed = text.trim();
    if trimmed != text {
        add(CauseKind::KeyWhitespace, "", prepare(trimmed, encoding));
    }
    if let Some(inner) = unquoted(trimmed) {
        add(CauseKind::KeyQuoted, "", prepare(inner, encoding));
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

fn unquoted(text: &str) -> Option<&str> {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
}
