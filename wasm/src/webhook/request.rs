//! The request of a webhook, for the calls that are rare.

use crate::{
    error::{Result, invalid},
    value::{Fields, list, text},
};
use countermark::facade::{self, WebhookHeader};
use wasm_bindgen::JsValue;

pub(crate) struct WebhookRequest {
    method: Option<String>,
    url: Option<String>,
    query: Option<String>,
    /// Names and values in the order of arrival.
    headers: Vec<(String, Vec<u8>)>,
}

impl WebhookRequest {
    pub(crate) fn of(given: &JsValue) -> Result<Self> {
        let fields = Fields(given);
        let mut texts = fields
            .required("headers", |headers| list(headers, text))?
            .into_iter();
        let mut headers = Vec::new();
        while let Some(name) = texts.next() {
            let value = texts.next().ok_or_else(|| invalid("headers"))?;
            headers.push((name, header_bytes(value)));
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
        let headers = self.headers();
        read(&facade::WebhookRequest {
            method: self.method.as_deref(),
            url: self.url.as_deref(),
            query: self.query.as_deref(),
            headers: &headers,
        })
    }

    #[inline(never)]
    fn headers(&self) -> Vec<WebhookHeader<'_>> {
        self.headers
            .iter()
            .map(|(name, value)| WebhookHeader { name, value })
            .collect()
    }
}

/// Fetch gives each byte of a header as one character. A text with other characters did not come from there, and is taken as
/// UTF-8, so that none is cut to a byte that looks like another.
fn header_bytes(value: String) -> Vec<u8> {
    let bytes: Option<Vec<u8>> = value.chars().map(|c| u8::try_from(c).ok()).collect();
    bytes.unwrap_or_else(|| value.into_bytes())
}
