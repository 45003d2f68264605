//! Whose scheme a request may be, by the names that it has. Which one it is, only a key can tell.

use crate::verify::webhook::{
    context::Request,
    engine, header,
    params::Params,
    plan::Plan,
    row::{Headers, Place, Row, TimeAt, names},
    schemes,
    signature::Kinds,
    url,
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// A scheme that a request may be of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeCandidate {
    /// The id.
    pub scheme: String,
    /// Whether everything that the scheme needs is there and well formed.
    pub is_whole: bool,
    /// The headers and parameters of the scheme that the request has.
    pub seen: Vec<String>,
}

/// The schemes that a request may be of, the likeliest first: whole ones, then those of which more was seen. None that is outdone.
pub(crate) fn find(request: &Request<'_>) -> Vec<SchemeCandidate> {
    let query = request.query.or_else(|| request.url.and_then(url::query));
    let params = query.and_then(|query| Params::parse(query.as_bytes()).ok());
    let mut found: Vec<SchemeCandidate> = schemes::all()
        .filter(|row| !is_outdone(row.id, request))
        .filter_map(|row| candidate(row, request, params.as_ref()))
        .collect();
    found.sort_by_key(|candidate| (!candidate.is_whole, usize::MAX - candidate.seen.len()));
    found
}

/// The schemes whose signature header a request has, where it lacks that of `own`: whole ones if there are any.
pub(crate) fn by_header(request: &Request<'_>, own: &Row<'_>) -> Vec<SchemeCandidate> {
    if own.place != Place::Header || has_header(own, request) {
        return Vec::new();
    }
    let mut found: Vec<SchemeCandidate> = schemes::all()
        .filter(|row| row.place == Place::Header && !is_general(row.headers.signature))
        .filter(|row| !is_outdone(row.id, request) && !is_weaker(row.id, own.id))
        .filter_map(|row| candidate(row, request, None))
        .collect();
    let some_are_whole = found.iter().any(|candidate| candidate.is_whole);
    found.retain(|candidate| candidate.is_whole || !some_are_whole);
    found
}

/// Whether a request has the signature header of a scheme.
pub(crate) fn has_header(row: &Row<'_>, request: &Request<'_>) -> bool {
    let has = |headers| !seen(row, headers, request, None).is_empty();
    row.place == Place::Header && (has(row.headers) || row.alias.is_some_and(has))
}

/// Schemes whose vendors sign the same request in a stronger way beside, the header which shows that, and the stronger scheme. What Intercom
/// sends looks like GitHub's old signature.
const OUTDONE: [(&str, &str, &str); 4] = [
    ("github-sha1", "X-Hub-Signature-256", "github"),
    ("intercom", "X-Hub-Signature-256", "github"),
    ("hubspot-v1", "X-HubSpot-Signature-v3", "hubspot-v3"),
    ("hubspot-v2", "X-HubSpot-Signature-v3", "hubspot-v3"),
];

/// Whether a scheme is the weaker one of the vendor of another, so that nobody should change to it.
pub(crate) fn is_weaker(scheme: &str, own: &str) -> bool {
    let mut pairs = OUTDONE.iter();
    pairs.any(|(weaker, _, stronger)| *weaker == scheme && *stronger == own)
}

/// Whether a stronger signature of the same vendor stands beside that of a scheme, so that nobody should settle for it.
pub(crate) fn is_outdone(scheme: &str, request: &Request<'_>) -> bool {
    let mut stronger = OUTDONE.iter().filter(|(weaker, ..)| *weaker == scheme);
    stronger.any(|(_, name, _)| {
        let mut headers = request.headers.iter();
        headers.any(|header| header.name.eq_ignore_ascii_case(name))
    })
}

/// Whether a header says nothing about who sent it.
fn is_general(name: &str) -> bool {
    name.eq_ignore_ascii_case("Authorization")
}

fn candidate(
    row: &Row<'_>,
    request: &Request<'_>,
    params: Option<&Params<'_>>,
) -> Option<SchemeCandidate> {
    let seen_in = |headers: Headers<'_>| seen(row, headers, request, params);
    let of_alias = row.alias.map(seen_in).unwrap_or_default();
    let mut seen = seen_in(row.headers);
    if of_alias.len() > seen.len() {
        seen = of_alias;
    }
    let in_body = matches!(row.place, Place::Mailgun | Place::AdyenItems);
    if seen.is_empty() && !in_body {
        return None;
    }
    let plan = Plan::of_table(row.id).ok()?;
    let kinds = Kinds {
        main: true,
        ed25519: true,
    };
    let is_whole = engine::open(&plan, request, kinds).is_ok();
    (is_whole || !in_body).then(|| SchemeCandidate {
        scheme: row.id.to_owned(),
        is_whole,
        seen,
    })
}

/// The names that the request has, if the signature is among them.
fn seen(
    row: &Row<'_>,
    headers: Headers<'_>,
    request: &Request<'_>,
    params: Option<&Params<'_>>,
) -> Vec<String> {
    let has = |name: &&str| {
        request
            .headers
            .iter()
            .any(|header| header.name.eq_ignore_ascii_case(name))
    };
    let has_param =
        |name: &&str| params.is_some_and(|params| params.find(name).ok().flatten().is_some());
    let mut seen: Vec<&str> = match row.place {
        Place::Header => names(headers.signature)
            .filter(|name| match name.strip_suffix('#') {
                Some(_) => {
                    header::numbered(request.headers, name).is_ok_and(|list| !list.is_empty())
                }
                None => has(name),
            })
            .collect(),
        Place::Parameter(name) => [name].into_iter().filter(has_param).collect(),
        Place::PathSegment | Place::Mailgun | Place::AdyenItems => Vec::new(),
    };
    if seen.is_empty() {
        return Vec::new();
    }
    let others = [headers.time, headers.id].into_iter();
    let expected = row.expect.iter().map(|expect| expect.header);
    seen.extend(others.chain(expected).filter(has));
    if let TimeAt::Parameter(name) = row.time {
        seen.extend([name].into_iter().filter(has_param));
    }
    seen.extend(names(row.required).filter(has_param));
    seen.dedup();
    seen.into_iter().map(ToOwned::to_owned).collect()
}
