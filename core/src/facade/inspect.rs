//! For tools that look at one request. Only the command line, Python and the debugger of `wasm/` map this: a service has no use for it.

use super::{
    explain::{Fit, WebhookExplainer, copy},
    webhook::{WebhookConfig, WebhookKey, WebhookRequest},
};
use crate::{
    error::Result,
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
/// Each candidate takes as long as an explanation.
#[must_use]
pub fn detect_scheme(
    keys: &[WebhookKey],
    request: &WebhookRequest<'_>,
    body: &[u8],
    now_ms: i64,
) -> Option<String> {
    let fit = |scheme: &str| {
        let config = WebhookConfig::new(scheme, keys.iter().map(copy).collect());
        let explainer = WebhookExplainer::new(config);
        explainer.map_or(Fit::Nothing, |one| one.fit(request, body, now_ms))
    };
    let mut best = None;
    for SchemeCandidate { scheme, .. } in candidate_schemes(request, body) {
        let fit = fit(&scheme);
        if best.as_ref().is_none_or(|(other, _)| fit > *other) {
            best = Some((fit, scheme));
        }
        if fit == Fit::Verified {
            break;
        }
    }
    best.map(|(_, scheme)| scheme)
}
