//! `webhook.read_saved`, `webhook.candidates`, `webhook.detect` and `webhook.inspect`

use crate::{
    Answer,
    fields::{Fields, base64},
    webhook,
};
use countermark::facade::{
    SignedPart, WebhookExplainer, candidate_schemes, detect_scheme, read_saved_request,
};
use serde_json::{Value, json};

pub(crate) fn read_saved(fields: Fields<'_>) -> Answer {
    let saved = read_saved_request(&fields.bytes("saved_base64")?)?;
    let headers: Vec<Value> = saved
        .headers
        .iter()
        .map(|(name, value)| json!([name, String::from_utf8_lossy(value)]))
        .collect();
    Ok(json!({
        "method": saved.method,
        "url": saved.url,
        "headers": headers,
        "body_base64": base64(&saved.body),
        "form": saved.form.name(),
    }))
}

pub(crate) fn candidates(fields: Fields<'_>) -> Answer {
    let headers = webhook::headers(fields)?;
    let request = webhook::request(fields, &headers)?;
    let found: Vec<Value> = candidate_schemes(&request, &fields.bytes("body_base64")?)
        .iter()
        .map(|one| json!({"scheme": one.scheme, "whole": one.is_whole, "seen": one.seen}))
        .collect();
    Ok(json!({"candidates": found}))
}

pub(crate) fn detect(fields: Fields<'_>) -> Answer {
    let headers = webhook::headers(fields)?;
    let request = webhook::request(fields, &headers)?;
    let (keys, body) = (webhook::keys(fields)?, fields.bytes("body_base64")?);
    Ok(
        match detect_scheme(&keys, &request, &body, fields.int("now_ms")?) {
            Some(scheme) => json!({"scheme": scheme}),
            None => json!({}),
        },
    )
}

pub(crate) fn inspect(fields: Fields<'_>) -> Answer {
    let headers = webhook::headers(fields)?;
    let (_, content) = WebhookExplainer::new(webhook::config(fields)?)?.inspect(
        &webhook::request(fields, &headers)?,
        &fields.bytes("body_base64")?,
        fields.int("now_ms")?,
    );
    let Some(content) = content else {
        return Ok(json!({}));
    };
    let differences: Vec<Value> = content
        .differences
        .iter()
        .map(|one| {
            json!([
                one.received.start,
                one.received.end,
                one.signed.start,
                one.signed.end
            ])
        })
        .collect();
    Ok(json!({
        "received": parts(&content.received),
        "signed": parts(&content.signed),
        "differences": differences,
    }))
}

fn parts(parts: &[SignedPart]) -> Vec<Value> {
    parts
        .iter()
        .map(|part| json!({"name": part.name, "base64": base64(&part.bytes)}))
        .collect()
}
