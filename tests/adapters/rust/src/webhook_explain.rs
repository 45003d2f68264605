//! `webhook.explain`

use crate::{Answer, fields::Fields, webhook};
use countermark::facade::{WebhookCause, WebhookExplainer};
use serde_json::{Map, Value, json};

pub(crate) fn explain(fields: Fields<'_>) -> Answer {
    let explanation = WebhookExplainer::new(webhook::config(fields)?)?.explain(
        &webhook::request(fields, &webhook::headers(fields)?)?,
        &fields.bytes("body_base64")?,
        fields.int("now_ms")?,
    );
    let names: Vec<&str> = explanation
        .causes
        .iter()
        .map(|cause| cause.kind.name())
        .collect();
    let details: Vec<Value> = explanation.causes.iter().map(detail).collect();
    let mut ok = Map::new();
    ok.insert("verified".into(), explanation.error.is_none().into());
    if let Some(code) = explanation.error {
        ok.insert("error".into(), code.name().into());
    }
    ok.insert("causes".into(), names.into());
    ok.insert("details".into(), details.into());
    ok.insert("complete".into(), explanation.complete.into());
    ok.insert("body_len".into(), explanation.body_len.into());
    ok.insert("body_sha256".into(), explanation.body_sha256.into());
    Ok(Value::Object(ok))
}

fn detail(cause: &WebhookCause) -> Value {
    let mut detail = Map::new();
    detail.insert("certainty".into(), cause.certainty.name().into());
    for (name, text) in [("subject", &cause.subject), ("fits", &cause.fits)] {
        if !text.is_empty() {
            detail.insert(name.into(), text.as_str().into());
        }
    }
    if !cause.kind.info().unit.is_empty() {
        detail.insert("amount".into(), json!(cause.amount));
    }
    Value::Object(detail)
}
