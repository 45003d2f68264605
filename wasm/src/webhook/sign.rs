//! Signing.

use super::{WebhookRequest, keys, spec};
use crate::{
    error::{OrThrow, Result},
    value::{Fields, array, bytes, made, object, optional, some, text, texts, whole},
};
use countermark::facade;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
pub struct WebhookSigner(facade::WebhookSigner);

#[wasm_bindgen]
impl WebhookSigner {
    #[wasm_bindgen(constructor)]
    pub fn new(config: JsValue) -> Result<Self> {
        let fields = Fields(&config);
        let keys = fields.required("keys", keys)?;
        let scheme = fields.get("scheme", text)?.unwrap_or_default();
        match fields.get("spec", spec::spec)? {
            Some(spec) if scheme.is_empty() => facade::WebhookSigner::of_spec(spec, keys),
            _ => facade::WebhookSigner::new(&scheme, keys),
        }
        .or_throw()
        .map(Self)
    }

    /// What to send. What is absent stays as it was.
    pub fn sign(
        &self,
        request: JsValue,
        body: JsValue,
        message_id: JsValue,
        now_ms: JsValue,
    ) -> Result<JsValue> {
        let (body, now_ms) = (bytes(&body)?, whole(&now_ms)?);
        let message_id = optional(&message_id, text)?;
        let signed = WebhookRequest::of(&request)?
            .with(|request| self.0.sign(request, &body, message_id.as_deref(), now_ms))
            .or_throw()?;
        let headers = array(&signed.headers, |header| {
            texts([header.name.as_str(), header.value.as_str()])
        });
        Ok(object([
            ("headers", some(headers)),
            ("url", signed.url.map(Into::into)),
            ("query", signed.query.map(Into::into)),
            ("body", signed.body.map(|body| made(&body))),
        ]))
    }
}
