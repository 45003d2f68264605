//! Verifying.

use super::{WebhookRequest, config};
#[cfg(feature = "full")]
use crate::value::{optional, text};
use crate::{
    error::{OrThrow, Result},
    last::Last,
    record::Record,
    scratch,
    value::{array, bytes, made, object, some, texts, whole},
};
use countermark::facade::{self, WebhookHeader};
#[cfg(feature = "full")]
use std::cell::RefCell;
use std::str;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
pub struct WebhookVerifier {
    pub(super) verifier: facade::WebhookVerifier,
    last: Last<VerifiedWebhook>,
    /// Until JavaScript has made keys of its own of them.
    #[cfg(feature = "full")]
    pub(super) outside_keys: RefCell<Vec<facade::OutsideKey>>,
}

type VerifiedWebhook = facade::VerifiedWebhook<()>;

/// The verdict that says: ask [`WebhookVerifier::verify_list`].
pub(super) const ASK_LIST: i32 = -1;

#[wasm_bindgen]
impl WebhookVerifier {
    #[wasm_bindgen(constructor)]
    pub fn new(given: JsValue) -> Result<Self> {
        let config = config(&given)?;
        Ok(Self {
            #[cfg(feature = "full")]
            outside_keys: RefCell::new(config.outside_keys().or_throw()?),
            verifier: facade::WebhookVerifier::new(config).or_throw()?,
            last: Last::default(),
        })
    }

    #[wasm_bindgen(getter, js_name = unusableKeys)]
    pub fn unusable_keys(&self) -> JsValue {
        texts(self.verifier.unusable_keys().iter().map(String::as_str))
    }

    #[wasm_bindgen(getter, js_name = needsKeep)]
    pub fn needs_keep(&self) -> bool {
        self.verifier.needs_keep()
    }

    #[cfg(feature = "full")]
    #[wasm_bindgen(js_name = siteOrigin)]
    pub fn site_origin(&self, origin: JsValue) -> Result<String> {
        let origin = optional(&origin, text)?;
        self.verifier.site_origin(origin.as_deref()).or_throw()
    }

    #[cfg(not(feature = "full"))]
    #[wasm_bindgen(js_name = siteOrigin)]
    pub fn site_origin(&self, _: JsValue) -> Result<String> {
        Err(crate::error::refuse(&countermark::Error::with_detail(
            countermark::ErrorCode::Unsupported,
            "origin",
        )))
    }

    /// The headers that it reads.
    #[wasm_bindgen(getter, js_name = headerNames)]
    pub fn header_names(&self) -> JsValue {
        texts(self.verifier.header_names().iter().map(String::as_str))
    }

    /// The hot call, of what lies in the scratch buffer with these lengths. The headers are all names and values with line feeds
    /// between them, and `count` is how many headers that are.
    ///
    /// Answers a ticket for [`take`](Self::take), or 0 for a refusal; or -1 when a header has a line feed of its own or other
    /// characters than ASCII: then ask [`verify_list`](Self::verify_list).
    #[wasm_bindgen(js_name = verifyScratch)]
    pub fn verify_scratch(&self, headers: i32, body: i32, count: u32, now_ms: f64) -> i32 {
        scratch::with_parts([headers, body], |[headers, body]| {
            let Some(headers) = split(headers.unwrap_or_default(), count as usize) else {
                return ASK_LIST;
            };
            let request = of_headers(&headers);
            let body = body.unwrap_or_default();
            self.answer(self.verifier.verify(&request, body, now_ms as i64))
        })
    }

    /// As [`verify_scratch`](Self::verify_scratch), for any headers.
    #[wasm_bindgen(js_name = verifyAny)]
    pub fn verify_any(&self, request: JsValue, body: JsValue, now_ms: JsValue) -> Result<i32> {
        let (body, now_ms) = (bytes(&body)?, whole(&now_ms)?);
        Ok(WebhookRequest::of(&request)?
            .with(|request| self.answer(self.verifier.verify(request, body.as_slice(), now_ms))))
    }

    /// A record of scheme, key id, message id, time, replay key, its end, whether the body is covered and what else is, of what
    /// was verified; nothing when it is not kept any more: then verify again.
    pub fn take(&self, ticket: i32) -> Option<String> {
        self.last.take(ticket).map(|verified| record(&verified))
    }

    /// `VerifiedWebhook::fields` of a webhook that was verified before.
    pub fn fields(&self, request: JsValue, body: JsValue, now_ms: JsValue) -> Result<JsValue> {
        let (body, now_ms) = (bytes(&body)?, whole(&now_ms)?);
        let verified = WebhookRequest::of(&request)?
            .with(|request| self.verifier.verify(request, &body, now_ms))
            .or_throw()?;
        Ok(array(verified.fields(), |field| {
            object([
                ("name", some(field.name.as_str())),
                ("value", some(made(&field.value))),
            ])
        }))
    }
}

impl WebhookVerifier {
    /// JavaScript holds the body, and hands it back.
    pub(super) fn answer<B>(
        &self,
        verdict: countermark::Result<facade::VerifiedWebhook<B>>,
    ) -> i32 {
        match verdict {
            Ok(verified) => self.last.keep(verified.without_body()),
            Err(error) => scratch::refused(&error),
        }
    }
}

pub(super) fn of_headers<'a>(headers: &'a [WebhookHeader<'a>]) -> facade::WebhookRequest<'a> {
    facade::WebhookRequest {
        headers,
        ..facade::WebhookRequest::default()
    }
}

/// The headers in a text of lines; `None` if there are not `count`, or if a value is not its own bytes.
pub(super) fn split(text: &[u8], count: usize) -> Option<Vec<WebhookHeader<'_>>> {
    let text = str::from_utf8(text).ok().filter(|text| text.is_ascii())?;
    if count == 0 {
        return text.is_empty().then(Vec::new);
    }
    let mut headers = Vec::with_capacity(count.min(text.len()));
    let mut lines = text.split('\n');
    while let Some(name) = lines.next() {
        let value = lines.next()?.as_bytes();
        headers.push(WebhookHeader { name, value });
    }
    (headers.len() == count).then_some(headers)
}

fn record(verified: &VerifiedWebhook) -> String {
    let mut record = Record::default();
    record.text(&verified.scheme());
    record.text(verified.key_id());
    record.optional(verified.message_id());
    record.number(verified.timestamp_ms());
    record.optional(verified.replay_key().as_deref());
    record.number(verified.replay_until_ms());
    record.text(if verified.covers_body() { "1" } else { "" });
    for part in verified.covers() {
        record.text(part.name());
    }
    record.finish()
}
