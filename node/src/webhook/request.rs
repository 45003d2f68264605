//! The request of a webhook, for the calls that are rare.

use countermark::facade::{self, WebhookHeader};
use napi_derive::napi;
use std::borrow::Cow;

/// Headers as a flat list of names and values, in the order of arrival.
#[napi(object, object_to_js = false)]
pub struct WebhookRequest {
    pub method: Option<String>,
    pub url: Option<String>,
    pub query: Option<String>,
    pub headers: Vec<String>,
}

impl WebhookRequest {
    /// Hands the request to `read`.
    pub(crate) fn with<R>(&self, read: impl FnOnce(&facade::WebhookRequest<'_>) -> R) -> R {
        let (pairs, _) = self.headers.as_chunks::<2>();
        let values: Vec<_> = pairs.iter().map(|[_, value]| header_bytes(value)).collect();
        let headers: Vec<_> = pairs
            .iter()
            .zip(&values)
            .map(|([name, _], value)| WebhookHeader { name, value })
            .collect();
        read(&facade::WebhookRequest {
            method: self.method.as_deref(),
            url: self.url.as_deref(),
            query: self.query.as_deref(),
            headers: &headers,
        })
    }
}

/// Node and Fetch give each byte of a header as one character. A text with other characters did not come from there, and is
/// taken as UTF-8, so that none is cut to a byte that looks like another.
fn header_bytes(value: &str) -> Cow<'_, [u8]> {
    if value.is_ascii() {
        return Cow::Borrowed(value.as_bytes());
    }
    let bytes: Option<Vec<u8>> = value.chars().map(|c| u8::try_from(c).ok()).collect();
    bytes.map_or(Cow::Borrowed(value.as_bytes()), Cow::Owned)
}
