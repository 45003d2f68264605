//! What to answer a webhook sender.

use crate::{
    error::{OrThrow, error_code},
    value::{Argument, Bytes, Count},
    webhook::WebhookRequest,
};
use countermark::{Secret, facade};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

#[napi(object, object_from_js = false)]
pub struct WebhookAnswer {
    pub status: u32,
    pub content_type: String,
    pub body: Uint8Array,
}

impl From<facade::WebhookAnswer> for WebhookAnswer {
    fn from(answer: facade::WebhookAnswer) -> Self {
        Self {
            status: answer.status,
            content_type: answer.content_type,
            body: answer.body.into(),
        }
    }
}

#[napi(catch_unwind)]
pub fn webhook_handshake_order(scheme: String) -> Option<&'static str> {
    facade::webhook_handshake_order(&scheme).map(facade::HandshakeOrder::name)
}

#[napi(catch_unwind)]
pub fn answer_webhook_handshake(
    scheme: String,
    secret: Option<Bytes>,
    request: WebhookRequest,
    body: Argument,
) -> napi::Result<Option<WebhookAnswer>> {
    let secret = secret.map(|secret| Secret::new(secret.0));
    let answer = body
        .with_bytes(|body| {
            request.with(|request| {
                facade::answer_webhook_handshake(&scheme, secret.as_ref(), request, body)
            })
        })?
        .or_throw()?;
    Ok(answer.map(Into::into))
}

/// The secret that a handshake hands over, for an operator.
#[napi(catch_unwind)]
pub fn webhook_handshake_secret(
    scheme: String,
    body: Argument,
) -> napi::Result<Option<Uint8Array>> {
    let secret = body
        .with_bytes(|body| facade::webhook_handshake_secret(&scheme, body))?
        .or_throw()?;
    Ok(secret.map(|secret| secret.expose().to_vec().into()))
}

#[napi(catch_unwind)]
pub fn webhook_error_status(scheme: String, number: Count) -> napi::Result<u32> {
    let code = error_code(number)?;
    Ok(facade::webhook_error_status(&scheme, code))
}

#[napi(catch_unwind)]
pub fn webhook_success(scheme: String) -> WebhookAnswer {
    facade::webhook_success(&scheme).into()
}
