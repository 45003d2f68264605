//! Signing.

use super::{WebhookKey, WebhookRequest, keys, spec::SchemeSpec};
use crate::{
    error::OrThrow,
    value::{Argument, Time},
};
use countermark::facade;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

#[napi(object, object_to_js = false)]
pub struct WebhookSignerConfig {
    pub scheme: Option<String>,
    pub spec: Option<SchemeSpec>,
    pub keys: Vec<WebhookKey>,
}

#[napi]
pub struct WebhookSigner(facade::WebhookSigner);

/// What to send. What is absent stays as it was.
#[napi(object, object_from_js = false)]
pub struct SignedWebhook {
    pub headers: Vec<(String, String)>,
    pub url: Option<String>,
    pub query: Option<String>,
    pub body: Option<Uint8Array>,
}

#[napi]
impl WebhookSigner {
    #[napi(constructor, catch_unwind)]
    pub fn new(config: WebhookSignerConfig) -> napi::Result<Self> {
        let keys = keys(config.keys)?;
        match (config.spec, config.scheme.unwrap_or_default()) {
            (Some(spec), scheme) if scheme.is_empty() => {
                facade::WebhookSigner::of_spec(spec.try_into()?, keys)
            }
            (_, scheme) => facade::WebhookSigner::new(&scheme, keys),
        }
        .or_throw()
        .map(Self)
    }

    #[napi(catch_unwind)]
    pub fn sign(
        &self,
        request: WebhookRequest,
        body: Argument,
        message_id: Option<String>,
        now_ms: Time,
    ) -> napi::Result<SignedWebhook> {
        let signed = body
            .with_bytes(|body| {
                request.with(|request| self.0.sign(request, body, message_id.as_deref(), now_ms.0))
            })?
            .or_throw()?;
        Ok(SignedWebhook {
            headers: signed
                .headers
                .into_iter()
                .map(|header| (header.name, header.value))
                .collect(),
            url: signed.url,
            query: signed.query,
            body: signed.body.map(Into::into),
        })
    }
}
