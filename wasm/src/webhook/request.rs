//! The request of a webhook, for the calls that are rare.

use crate::{
    error::{Result, invalid},
    value::{Fields, list, text},
};
use countermark::facade::{self, WebhookHeader};
use std::borrow::Cow;
use wasm_bindgen::JsValue;

/// Headers as a flat list of names and values, in the order of arrival.
pub(crate) struct WebhookRequest {
    method: Option<String>,
    url: Option<String>,
    query: Option<String>,
    headers: Vec<String>,
}

impl WebhookRequest {
    pub(crate) fn of(given: &JsValue) -> Result<Self> {
        let fields = Fields(given);
        let headers = fields.required("headers", |headers| list(headers, text))?;
        if !headers.len().is_multiple_of(2) {
            return Err(invalid("headers"));
        }
        Ok(Self {
            method: fields.get("method", text)?,
            url: fields.get("url", text)?,
            query: fields.get("query", text)?,
            headers,
        })
    }

    /// Hands the request to `read`.
    pub(crate) fn with<R>(&self, read: impl FnOnce(&facade::WebhookRequest<'_>) -> R) -> R {
        let values: Vec<_> = self
            .headers
            .iter()
            .skip(1)
            .step_by(2)
            .map(|value| header_bytes(value))
            .collect();
        let headers: Vec<_> = self
            .headers
            .iter()
            .step_by(2)
            .zip(&values)
            .map(|(name, value)| WebhookHeader { name, value })
            .collect();
        read(&facade::WebhookRequest {
            method: self.method.as_deref(),
            url: self.url.as_deref(),
            query: self.query.as_deref(),
            headers: &headers,
        })
    }
}

/// Fetch gives each byte of a header as one character. A text with other characters did not come from there, and is taken as
/// UTF-8, so that none is cut to a byte that looks like another.
fn header_bytes(value: &str) -> Cow<'_, [u8]> {
    if value.is_ascii() {
        return Cow::Borrowed(value.as_bytes());
    }
    let bytes: Option<Vec<u8>> = value.chars().map(|c| u8::try_from(c).ok()).collect();
    bytes.map_or(Cow::Borrowed(value.as_bytes()), Cow::Owned)
}
