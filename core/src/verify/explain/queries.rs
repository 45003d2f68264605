//! What can have happened to the query of a URL. Senders, routers and URL libraries escape different characters, and a
//! sender signs the escapes that it wrote, or those that it was configured with.

use super::{
    causes::CauseKind,
    escapes::{self, FORMS, JAVASCRIPT, RFC3986},
    spelling::{Spelling, change, same},
};
use crate::percent::{self, Space};
use alloc::{string::String, vec, vec::Vec};

/// What some writers escape in a query and others do not, the narrowest set first. An apostrophe alone is what the URL
/// standard escapes there.
const SETS: [&str; 3] = ["'", JAVASCRIPT, "!\"'()*~/:;,@$?[]|\\^`{}<>"];

/// Other queries of a URL: its own with other escapes, none, or the one that was passed apart.
pub(super) fn spellings(in_url: Option<&str>, apart: Option<&str>) -> Vec<Spelling> {
    let Some(query) = in_url else {
        let mut list = vec![same("")];
        if let Some(query) = apart.filter(|query| !query.is_empty()) {
            list.push(change(query, CauseKind::UrlQueryRemoved, ""));
        }
        return list;
    };
    let mut list = vec![same(query), change("", CauseKind::UrlQueryAdded, "")];
    list.extend(escapes::in_other_case(query));
    let mut add = |text: String, kind, fits: &str| {
        if list.iter().all(|(other, _)| *other != text) {
            list.push(change(text, kind, fits));
        }
    };
    for set in SETS {
        let (text, fits) = escapes::remove(query, set);
        add(text, CauseKind::UrlQueryEncoded, &fits);
        let (text, fits) = escapes::add(query, |character| set.contains(character));
        add(text, CauseKind::UrlQueryDecoded, &fits);
    }
    let decoded = percent::decode(query.as_bytes(), Space::Percent20);
    if let Some(text) = decoded
        .ok()
        .and_then(|text| String::from_utf8(text.into_owned()).ok())
    {
        add(text, CauseKind::UrlQueryEncoded, "");
    }
    let joined = with_ampersands(query);
    if let Some(text) = &joined {
        add(text.clone(), CauseKind::UrlQueryDecoded, "%26");
    }
    for plain in [RFC3986, JAVASCRIPT, FORMS] {
        for space in [Space::Percent20, Space::Plus] {
            let escaped = pairs(query, |text| Some(escapes::write(text, plain, space)));
            let anew = |text: &[u8]| {
                let text = percent::decode(text, Space::Plus).ok()?;
                Some(escapes::write(&text, plain, space))
            };
            let rewritten = pairs(query, anew);
            let joined = joined.as_ref().and_then(|query| pairs(query, anew));
            for text in [escaped, rewritten, joined].into_iter().flatten() {
                let kind = if text.len() < query.len() {
                    CauseKind::UrlQueryEncoded
                } else {
                    CauseKind::UrlQueryDecoded
                };
                add(text, kind, "");
            }
        }
    }
    list
}

/// A query whose values had ampersands that were escaped: what has no equals sign belongs to the value before it.
fn with_ampersands(query: &str) -> Option<String> {
    let mut out = String::with_capacity(query.len() + 2);
    for (at, piece) in query.split('&').enumerate() {
        if at > 0 {
            out.push_str(if piece.contains('=') { "&" } else { "%26" });
        }
        out.push_str(piece);
    }
    (out != query).then_some(out)
}

/// A query with its names and values written in another way.
fn pairs(query: &str, write: impl Fn(&[u8]) -> Option<String>) -> Option<String> {
    let mut out = String::with_capacity(query.len());
    for (at, pair) in query.split('&').enumerate() {
        if at > 0 {
            out.push('&');
        }
        for (at, text) in pair.splitn(2, '=').enumerate() {
            if at > 0 {
                out.push('=');
            }
            out.push_str(&write(text.as_bytes())?);
        }
    }
    Some(out)
}
