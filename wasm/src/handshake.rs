//! What to answer a webhook sender.

use crate::{
    error::{OrThrow, Result, invalid},
    value::{bytes, made, object, optional, some, text, whole},
    webhook::WebhookRequest,
};
use countermark::{ErrorCode, Secret, facade};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

fn answer(answer: facade::WebhookAnswer) -> JsValue {
    object([
        ("status", some(answer.status)),
        ("contentType", some(answer.content_type)),
        ("body", some(made(&answer.body))),
    ])
}

#[wasm_bindgen(js_name = webhookHandshakeOrder)]
pub fn webhook_handshake_order(scheme: JsValue) -> Result<JsValue> {
    let order = facade::webhook_handshake_order(&text(&scheme)?);
    Ok(order.map_or(JsValue::NULL, |order| order.name().into()))
}

#[wasm_bindgen(js_name = answerWebhookHandshake)]
pub fn answer_webhook_handshake(
    scheme: JsValue,
    secret: JsValue,
    request: JsValue,
    body: JsValue,
) -> Result<JsValue> {
    let secret = optional(&secret, bytes)?.map(Secret::new);
    let (scheme, body) = (text(&scheme)?, bytes(&body)?);
    let answered = WebhookRequest::of(&request)?
        .with(|request| facade::answer_webhook_handshake(&scheme, secret.as_ref(), request, &body))
        .or_throw()?;
    Ok(answered.map_or(JsValue::NULL, answer))
}

/// The secret that a handshake hands over, for an operator.
#[wasm_bindgen(js_name = webhookHandshakeSecret)]
pub fn webhook_handshake_secret(scheme: JsValue, body: JsValue) -> Result<JsValue> {
    let secret = facade::webhook_handshake_secret(&text(&scheme)?, &bytes(&body)?).or_throw()?;
    Ok(secret.map_or(JsValue::NULL, |secret| made(secret.expose())))
}

#[wasm_bindgen(js_name = webhookErrorStatus)]
pub fn webhook_error_status(scheme: JsValue, error: JsValue) -> Result<u32> {
    let code = ErrorCode::from_number(whole(&error)?).ok_or_else(|| invalid("an error number"))?;
    Ok(facade::webhook_error_status(&text(&scheme)?, code))
}

#[wasm_bindgen(js_name = webhookSuccess)]
pub fn webhook_success(scheme: JsValue) -> Result<JsValue> {
    Ok(answer(facade::webhook_success(&text(&scheme)?)))
}
