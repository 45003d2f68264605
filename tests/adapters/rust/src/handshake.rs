//! `webhook.handshake`, `webhook.status`.

use crate::{
    Answer, Refusal,
    fields::{Fields, base64},
    webhook,
};
use countermark::{
    ErrorCode, Secret,
    facade::{
        WebhookAnswer, answer_webhook_handshake, list_errors, webhook_error_status,
        webhook_handshake_order, webhook_handshake_secret, webhook_success,
    },
};
use serde_json::{Value, json};

/// `webhook.handshake`
pub(crate) fn answer(fields: Fields<'_>) -> Answer {
    let scheme = fields.text("scheme")?;
    let body = match fields.text_opt("body_base64")? {
        Some(_) => fields.bytes("body_base64")?,
        None => Vec::new(),
    };
    let secret = fields.text_opt("secret")?.map(Secret::from);
    let answer = answer_webhook_handshake(
        scheme,
        secret.as_ref(),
        &webhook::request(fields, &webhook::headers(fields)?)?,
        &body,
    )?;
    let learned = webhook_handshake_secret(scheme, &body)?.is_some();
    Ok(json!({
        "order": webhook_handshake_order(scheme).map(|order| order.name()),
        "answer": answer.as_ref().map(show),
        "hands_over_secret": learned,
    }))
}

/// `webhook.status`: for an error by its name, or for a webhook that was taken.
pub(crate) fn status(fields: Fields<'_>) -> Answer {
    let scheme = fields.text("scheme")?;
    let Some(name) = fields.text_opt("error")? else {
        return Ok(show(&webhook_success(scheme)));
    };
    let row = list_errors()
        .iter()
        .find(|row| row.name == name)
        .ok_or(Refusal::BadRequest)?;
    let code = ErrorCode::from_number(row.number).ok_or(Refusal::BadRequest)?;
    Ok(json!({"status": webhook_error_status(scheme, code)}))
}

fn show(answer: &WebhookAnswer) -> Value {
    json!({"status": answer.status, "content_type": answer.content_type, "body_base64": base64(&answer.body)})
}
