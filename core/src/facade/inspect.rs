//! For tools that look at one request. Only the command line, Python and the debugger of `wasm/` map this: a service has no use for it.

use super::webhook::WebhookRequest;
use crate::{
    error::Result,
    verify::inspect::{candidates, saved},
};
use alloc::vec::Vec;

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

/// The schemes that a request may be of, the likeliest first. Several sign alike: only a key can tell them apart.
#[must_use]
pub fn candidate_schemes(request: &WebhookRequest<'_>, body: &[u8]) -> Vec<SchemeCandidate> {
    candidates::find(&request.with_body(body))
}
