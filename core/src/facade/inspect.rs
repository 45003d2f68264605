//! For tools that look at one request. Only the command line, Python and the debugger of `wasm/` map this: a service has no use for it.

use super::{
    explain::{Fit, WebhookExplainer, copy},
    webhook::{WebhookConfig, WebhookKey, WebhookRequest},
};
use crate::{
    error::Result,
    limits::{EXPLAIN_JSON_MAX, INSPECT_TRIED_MAX},
    verify::inspect::{candidates, saved},
};
use alloc::{string::String, vec::Vec};

pub use crate::verify::inspect::{
    candidates::SchemeCandidate,
    saved::{SavedBody, SavedRequest},
};

/// Reads a whole HTTP request as it was saved: request line or the pseudo headers of HTTP/2, headers, blank line, body.
///
/// # Errors
/// `INVALID_INPUT`, whose detail says what is wrong; `TOO_LARGE`.
pub fn read_saved_request(bytes: &[u8]) -> Result<SavedRequest> {
    saved::read(bytes)
}

/// The schemes that a request may be of, the likeliest first. Several sign alike: only a key can tell them apart. None whose sender has
/// put a stronger signature beside, such as HubSpot v1 where that of v3 is.
#[must_use]
pub fn candidate_schemes(request: &WebhookRequest<'_>, body: &[u8]) -> Vec<SchemeCandidate> {
    candidates::find(&request.with_body(body))
}

/// The scheme of a request: of the [`candidate_schemes`] the one under which a key fits best, and the likeliest if no key fits. `None`
/// if the request is of no scheme of the table.
///
/// Takes as long as a verification for each candidate, and as an explanation for the first of them, if the body is short.
#[must_use]
pub fn detect_scheme(
    keys: &[WebhookKey],
    request: &WebhookRequest<'_>,
    body: &[u8],
    now_ms: i64,
) -> Option<String> {
    let explainer = |candidate: SchemeCandidate| {
        let config = WebhookConfig::new(&candidate.scheme, keys.iter().map(copy).collect());
        Some((candidate.scheme, WebhookExplainer::new(config).ok()?))
    };
    let candidates = candidate_schemes(request, body);
    let likeliest = candidates.first().map(|candidate| candidate.scheme.clone());
    let candidates: Vec<_> = candidates.into_iter().filter_map(explainer).collect();
    let is = |wanted| {
        let mut all = candidates.iter();
        all.find(|(_, one)| one.verdict_fit(request, body, now_ms) == wanted)
    };
    let is_short = body.len() <= EXPLAIN_JSON_MAX;
    let mended = || {
        let mut tried = candidates.iter().take(INSPECT_TRIED_MAX);
        tried.find(|(_, one)| is_short && one.fits_once_mended(request, body, now_ms))
    };
    let found = is(Fit::Verified).or_else(|| is(Fit::Signed));
    let found = found.or_else(mended);
    found.map(|(scheme, _)| scheme.clone()).or(likeliest)
}
