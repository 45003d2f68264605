//! What can have happened to a URL behind a proxy: each part is exchanged for what the sender may have called.

use super::{
    TooDear,
    causes::CauseKind,
    queries,
    spelling::{Change, Spelling, change, same},
};
use crate::verify::webhook::header::{self, WebhookHeader};
use alloc::{borrow::ToOwned, format, string::String, vec, vec::Vec};

/// The spelling of a URL that fits, with the changes that lead to it; those with the fewest changes are tried first. They are
/// many, and cost about the same: when one is too dear, none is written any more.
pub(super) fn find(
    url: &str,
    query: Option<&str>,
    headers: &[WebhookHeader<'_>],
    fits: &mut dyn FnMut(&str) -> Result<bool, TooDear>,
) -> Option<(String, Vec<Change>)> {
    let (scheme, rest) = url.split_once("://")?;
    let (rest, url_query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(query)),
        None => (rest, None),
    };
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| {
        rest.split_at_checked(at).unwrap_or((rest, ""))
    });
    let lists = [
        schemes(scheme),
        authorities(authority, headers),
        paths(path, headers),
        queries::spellings(url_query, query),
    ];
    let [schemes, authorities, paths, queries] = &lists;
    let mut tries = Vec::new();
    for scheme in schemes {
        for authority in authorities {
            for path in paths {
                for query in queries {
                    tries.push([scheme, authority, path, query]);
                }
            }
        }
    }
    let changes = |parts: &[&Spelling; 4]| parts.iter().filter_map(|part| part.1.clone()).collect();
    let count = |parts: &[&Spelling; 4]| parts.iter().filter(|part| part.1.is_some()).count();
    tries.sort_by_key(count);
    // They are many, and a URL may be long: none is written before it is tried. The first is the URL itself.
    for parts in tries.iter().skip(1) {
        let [(scheme, _), (authority, _), (path, _), (query, _)] = parts;
        let mark = if query.is_empty() { "" } else { "?" };
        let url = format!("{scheme}://{authority}{path}{mark}{query}");
        if fits(&url).ok()? {
            return Some((url, changes(parts)));
        }
    }
    None
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
    let forwarded = header_text(headers, "X-Forwarded-Port");
    for port in ["443", "80"].into_iter().chain(forwarded) {
        let with = format!("{bare}:{port}");
        if with != authority && port.bytes().all(|byte| byte.is_ascii_digit()) {
            list.push(change(with, CauseKind::UrlPort, port));
        }
    }
    for name in ["X-Forwarded-Host", "X-Original-Host", "Host"] {
        let first = header_text(headers, name).and_then(|value| value.split(',').next());
        if let Some(value) = first.map(str::trim).filter(|value| *value != authority) {
            list.push(change(value, CauseKind::UrlHost, name));
        }
    }
    list
}

fn header_text<'a>(headers: &[WebhookHeader<'a>], name: &str) -> Option<&'a str> {
    core::str::from_utf8(header::find(headers, name).ok()??).ok()
}

/// Headers that have the path as it arrived: nginx, Traefik, IIS, Symfony and Envoy.
const ORIGINAL_PATHS: [&str; 5] = [
    "X-Original-URI",
    "X-Original-URL",
    "X-Forwarded-Uri",
    "X-Rewrite-URL",
    "X-Envoy-Original-Path",
];

fn paths(path: &str, headers: &[WebhookHeader<'_>]) -> Vec<Spelling> {
    let other = match path.strip_suffix('/') {
        Some(without) => without.to_owned(),
        None => format!("{path}/"),
    };
    let mut list = vec![same(path), change(other, CauseKind::UrlTrailingSlash, "")];
    let prefix = "X-Forwarded-Prefix";
    if let Some(value) = header_text(headers, prefix) {
        let whole = format!("{}{path}", value.trim_end_matches('/'));
        list.push(change(whole, CauseKind::UrlPath, prefix));
    }
    for name in ORIGINAL_PATHS {
        // Some have the whole URL.
        let value = header_text(headers, name).unwrap_or_default();
        let value = value.split_once("://").map_or(value, |(_, rest)| rest);
        let from_path = value.find('/').and_then(|at| value.get(at..));
        if let Some(whole) = from_path.and_then(|rest| rest.split('?').next()) {
            list.push(change(whole, CauseKind::UrlPath, name));
        }
    }
    list
}
