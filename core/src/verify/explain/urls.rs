//! What can have happened to a URL behind a proxy: each part is exchanged for what the sender may have called.

use super::causes::CauseKind;
use crate::{
    percent::{self, Space},
    verify::webhook::header::{self, WebhookHeader},
};
use alloc::{borrow::ToOwned, format, string::String, vec, vec::Vec};

/// A change of a URL, and what would fit: a scheme, a port, the header that has the host.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) kind: CauseKind,
    pub(super) fits: String,
}

/// Other spellings of a URL, each with the changes that lead to it; those with the fewest changes first.
pub(super) fn spellings(
    url: &str,
    query: Option<&str>,
    headers: &[WebhookHeader<'_>],
) -> Vec<(String, Vec<Change>)> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Vec::new();
    };
    let (rest, url_query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(query)),
        None => (rest, None),
    };
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| {
        rest.split_at_checked(at).unwrap_or((rest, ""))
    });
    let mut found = Vec::new();
    for (scheme, a) in schemes(scheme) {
        for (authority, b) in authorities(authority, headers) {
            for (path, c) in paths(path) {
                for (query, d) in queries(url_query, query) {
                    let mark = if query.is_empty() { "" } else { "?" };
                    let changes: Vec<Change> =
                        [&a, &b, &c, &d].into_iter().flatten().cloned().collect();
                    if !changes.is_empty() {
                        found.push((
                            format!("{scheme}://{authority}{path}{mark}{query}"),
                            changes,
                        ));
                    }
                }
            }
        }
    }
    found.sort_by_key(|(_, changes)| changes.len());
    found
}

type Spelling = (String, Option<Change>);

fn same(text: &str) -> Spelling {
    (text.to_owned(), None)
}

fn change(text: impl Into<String>, kind: CauseKind, fits: &str) -> Spelling {
    let fits = fits.to_owned();
    (text.into(), Some(Change { kind, fits }))
}

fn schemes(scheme: &str) -> Vec<Spelling> {
    let other = if scheme == "https" { "http" } else { "https" };
    vec![same(scheme), change(other, CauseKind::UrlScheme, other)]
}

fn authorities(authority: &str, headers: &[WebhookHeader<'_>]) -> Vec<Spelling> {
    let mut list = vec![same(authority)];
    // The colon of a port comes after the bracket of an IPv6 address and after the user part.
    let host = authority.rfind([']', '@']).map_or(0, |at| at + 1);
    let colon = authority
        .get(host..)
        .and_then(|tail| tail.find(':'))
        .map(|at| host + at);
    let bare = colon
        .and_then(|at| authority.get(..at))
        .unwrap_or(authority);
    if bare != authority {
        list.push(change(bare, CauseKind::UrlPort, "none"));
    }
    let forwarded = text(headers, "X-Forwarded-Port");
    for port in ["443", "80"].into_iter().chain(forwarded) {
        let with = format!("{bare}:{port}");
        if with != authority && port.bytes().all(|byte| byte.is_ascii_digit()) {
            list.push(change(with, CauseKind::UrlPort, port));
        }
    }
    for name in ["X-Forwarded-Host", "X-Original-Host", "Host"] {
        let first = text(headers, name).and_then(|value| value.split(',').next());
        if let Some(value) = first.map(str::trim).filter(|value| *value != authority) {
            list.push(change(value, CauseKind::UrlHost, name));
        }
    }
    list
}

fn text<'a>(headers: &[WebhookHeader<'a>], name: &str) -> Option<&'a str> {
    core::str::from_utf8(header::find(headers, name).ok()??).ok()
}

fn paths(path: &str) -> Vec<Spelling> {
    let other = match path.strip_suffix('/') {
        Some(without) => without.to_owned(),
        None => format!("{path}/"),
    };
    vec![same(path), change(other, CauseKind::UrlTrailingSlash, "")]
}

fn queries(in_url: Option<&str>, apart: Option<&str>) -> Vec<Spelling> {
    let Some(query) = in_url else {
        let mut list = vec![same("")];
        if let Some(query) = apart.filter(|query| !query.is_empty()) {
            list.push(change(query, CauseKind::UrlQueryRemoved, ""));
        }
        return list;
    };
    let mut list = vec![same(query), change("", CauseKind::UrlQueryAdded, "")];
    if let Ok(decoded) = percent::decode(query.as_bytes(), Space::Percent20) {
        if let Ok(decoded) = core::str::from_utf8(&decoded) {
            if decoded != query {
                list.push(change(decoded, CauseKind::UrlQueryEncoded, ""));
            }
        }
    }
    for space in [Space::Percent20, Space::Plus] {
        let encoded = encode_values(query, space);
        if encoded != query {
            list.push(change(encoded, CauseKind::UrlQueryDecoded, ""));
        }
    }
    list
}

fn encode_values(query: &str, space: Space) -> String {
    let encode = |text: &str| percent::encode(text.as_bytes(), space);
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => format!("{}={}", encode(name), encode(value)),
            None => encode(pair),
        })
        .collect();
    pairs.join("&")
}
