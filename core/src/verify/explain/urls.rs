//! What can have happened to a URL behind a proxy: each part is exchanged for what the sender may have called.

use super::{
    TooDear,
    hosts::{self, Origin},
    paths, queries,
    spelling::{Change, Spelling},
};
use crate::verify::webhook::{header::WebhookHeader, url};
use alloc::{format, string::String, vec::Vec};

/// Origin, path and query.
type Parts<'s> = (&'s Origin, &'s Spelling, &'s Spelling);

/// The spelling of a URL that fits, with the changes that lead to it; those with the fewest changes are tried first. They are
/// many, and cost about the same: when one is too dear, none is written any more.
pub(super) fn find(
    url: &str,
    query: Option<&str>,
    headers: &[WebhookHeader<'_>],
    is_origin_signed: bool,
    fits: &mut dyn FnMut(&str) -> Result<bool, TooDear>,
) -> Option<(String, Vec<Change>)> {
    let (origin, rest) = split(url);
    let (path, url_query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    // Without a scheme, what stands before the path is a host.
    let (own, path) = if origin.is_empty() && is_origin_signed {
        path.split_at_checked(path.find('/').unwrap_or(path.len()))?
    } else {
        ("", path)
    };
    let origins = if origin.is_empty() && is_origin_signed {
        hosts::missing(own, headers)
    } else {
        hosts::origins(origin, headers)
    };
    let paths = paths::spellings(path, headers);
    let queries = queries::spellings(url_query, query);
    let mut tries: Vec<Parts<'_>> = Vec::new();
    for origin in &origins {
        for path in &paths {
            for query in &queries {
                tries.push((origin, path, query));
            }
        }
    }
    tries.sort_by_key(|parts| changes(parts).count());
    // They are many, and a URL may be long: none is written before it is tried. One is the URL itself.
    for parts in tries.iter().filter(|parts| changes(parts).next().is_some()) {
        let ((origin, _), (path, _), (query, _)) = parts;
        let mark = if query.is_empty() { "" } else { "?" };
        let url = format!("{origin}{path}{mark}{query}");
        if fits(&url).ok()? {
            let mut all: Vec<Change> = Vec::new();
            for change in changes(parts) {
                // Path and query may have gone through the same writer.
                if !all.contains(change) {
                    all.push(change.clone());
                }
            }
            return Some((url, all));
        }
    }
    None
}

/// Whether a URL begins with its path, or with a host.
pub(super) fn is_relative(url: &str) -> bool {
    split(url).0.is_empty()
}

/// The origin, nothing where there is none, and what follows.
fn split(url: &str) -> (&str, &str) {
    let rest = url::path_and_query(url).len();
    let (origin, rest) = url.split_at_checked(url.len() - rest).unwrap_or(("", url));
    // A scheme without a host, as of a request that names none.
    (if origin.ends_with("://") { "" } else { origin }, rest)
}

fn changes<'s>((origin, path, query): &Parts<'s>) -> impl Iterator<Item = &'s Change> {
    origin.1.iter().chain(&path.1).chain(&query.1)
}
