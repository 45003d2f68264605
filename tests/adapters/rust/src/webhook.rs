//! `webhook.*`

use crate::{
    Answer, Refusal,
    fields::{Fields, base64},
};
use countermark::facade::{
    Header, KeyEncoding, WebhookConfig, WebhookHeader, WebhookKey, WebhookRequest, WebhookSigner,
    WebhookVerifier,
};
use serde_json::{Map, Value, json};

pub(crate) fn verify(fields: Fields<'_>) -> Answer {
    let config = config(fields)?;
    let headers = headers(fields)?;
    let request = request(fields, &headers)?;
    let body = fields.bytes("body_base64")?;
    let now_ms = fields.int("now_ms")?;
    let verified = WebhookVerifier::new(config)?.verify(&request, body, now_ms)?;

    let mut ok = Map::new();
    ok.insert("key_id".into(), verified.key_id().into());
    if let Some(id) = verified.message_id() {
        ok.insert("message_id".into(), id.into());
    }
    if let Some(time) = verified.timestamp_ms() {
        ok.insert("timestamp_ms".into(), time.into());
    }
    let covers: Vec<Value> = verified
        .covers()
        .iter()
        .map(|part| part.name().into())
        .collect();
    ok.insert("covers".into(), covers.into());
    if let Some(key) = verified.replay_key() {
        ok.insert("replay_key".into(), key.into());
    }
    Ok(Value::Object(ok))
}

/// The verifier's configuration.
pub(crate) fn config(fields: Fields<'_>) -> Result<WebhookConfig, Refusal> {
    let mut config = WebhookConfig::new(fields.text("scheme")?, keys(fields)?);
    config.max_age_s = count(fields, "max_age_s")?;
    config.max_future_s = count(fields, "max_future_s")?;
    if let Some(check_time) = fields.flag_opt("check_time")? {
        config.check_time = check_time;
    }
    if let Some(bytes) = count(fields, "max_body_bytes")? {
        config.max_body_bytes = bytes;
    }
    Ok(config)
}

pub(crate) fn site_origin(fields: Fields<'_>) -> Answer {
    let verifier = WebhookVerifier::new(config(fields)?)?;
    Ok(json!({"origin": verifier.site_origin(fields.text_opt("origin")?)?}))
}

pub(crate) fn sign(fields: Fields<'_>) -> Answer {
    let keys = match fields.object_opt("key")? {
        Some(one) => vec![key(one)?],
        None => keys(fields)?,
    };
    let signed = WebhookSigner::new(fields.text("scheme")?, keys)?.sign(
        &request(fields, &headers(fields)?)?,
        &fields.bytes("body_base64")?,
        fields.text_opt("message_id")?,
        fields.int("now_ms")?,
    )?;
    let mut ok = Map::new();
    let headers: Vec<Value> = signed
        .headers
        .iter()
        .map(|Header { name, value }| json!([name, value]))
        .collect();
    ok.insert("headers".into(), headers.into());
    if let Some(url) = signed.url {
        ok.insert("url".into(), url.into());
    }
    if let Some(query) = signed.query {
        ok.insert("query".into(), query.into());
    }
    if let Some(body) = signed.body {
        ok.insert("body_base64".into(), base64(&body).into());
    }
    Ok(Value::Object(ok))
}

pub(crate) fn keys(fields: Fields<'_>) -> Result<Vec<WebhookKey>, Refusal> {
    fields.objects("keys")?.into_iter().map(key).collect()
}

fn key(fields: Fields<'_>) -> Result<WebhookKey, Refusal> {
    let mut key = WebhookKey::new(fields.text("id")?, fields.text("secret")?);
    key.encoding = fields
        .text_opt("encoding")?
        .map(|name| KeyEncoding::from_name(name).ok_or(Refusal::BadRequest))
        .transpose()?;
    key.not_before_ms = fields.int_opt("not_before_ms")?;
    key.not_after_ms = fields.int_opt("not_after_ms")?;
    Ok(key)
}

/// The request, of the headers that [`headers`] gives.
pub(crate) fn request<'a>(
    fields: Fields<'a>,
    headers: &'a [WebhookHeader<'a>],
) -> Result<WebhookRequest<'a>, Refusal> {
    Ok(WebhookRequest {
        method: fields.text_opt("method")?,
        url: fields.text_opt("url")?,
        query: fields.text_opt("query")?,
        headers,
    })
}

pub(crate) fn headers(fields: Fields<'_>) -> Result<Vec<WebhookHeader<'_>>, Refusal> {
    let pairs = fields.list("headers")?.iter();
    pairs
        .map(|pair| match pair.as_array().map(Vec::as_slice) {
            Some([Value::String(name), Value::String(value)]) => Ok(WebhookHeader {
                name,
                value: value.as_bytes(),
            }),
            _ => Err(Refusal::BadRequest),
        })
        .collect()
}

fn count(fields: Fields<'_>, name: &str) -> Result<Option<u32>, Refusal> {
    fields
        .int_opt(name)?
        .map(|value| u32::try_from(value).map_err(|_| Refusal::BadRequest))
        .transpose()
}
