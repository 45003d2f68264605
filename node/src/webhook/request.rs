//! The request of a webhook: owned for the calls that are rare, borrowed from one text for the hot one.

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
        let texts: Vec<&str> = self.headers.iter().map(String::as_str).collect();
        let context = Context {
            method: self.method.as_deref(),
            url: self.url.as_deref(),
            query: self.query.as_deref(),
        };
        context.with(&texts, read)
    }
}

/// What a request says beside its headers.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) method: Option<&'a str>,
    pub(super) url: Option<&'a str>,
    pub(super) query: Option<&'a str>,
}

impl Context<'_> {
    /// With headers from a list of names and values.
    pub(super) fn with<R>(
        self,
        texts: &[&str],
        read: impl FnOnce(&facade::WebhookRequest<'_>) -> R,
    ) -> R {
        let values: Vec<Cow<'_, [u8]>> = texts
            .chunks_exact(2)
            .map(|pair| header_bytes(pair[1]))
            .collect();
        let headers: Vec<WebhookHeader<'_>> = texts
            .chunks_exact(2)
            .zip(&values)
            .map(|(pair, value)| WebhookHeader {
                name: pair[0],
                value,
            })
            .collect();
        read(&facade::WebhookRequest {
            method: self.method,
            url: self.url,
            query: self.query,
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
