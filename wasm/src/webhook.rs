//! Webhooks: what verifying, signing and explaining share.

#[cfg(feature = "full")]
mod outside;
mod request;
#[cfg(feature = "full")]
mod schemes;
#[cfg(feature = "full")]
mod sign;
#[cfg(feature = "full")]
mod spec;
mod verify;

pub(crate) use request::WebhookRequest;

#[cfg(not(feature = "full"))]
use crate::error::refuse;
use crate::{
    error::{Result, unknown},
    value::{Fields, bytes, flag, list, setting, text, whole},
};
#[cfg(not(feature = "full"))]
use countermark::{Error, ErrorCode};
use countermark::{
    Secret,
    facade::{self, KeyEncoding},
};
use wasm_bindgen::JsValue;

fn key(given: &JsValue) -> Result<facade::WebhookKey> {
    let fields = Fields(given);
    Ok(facade::WebhookKey {
        id: fields.required("id", text)?,
        secret: Secret::new(fields.required("secret", bytes)?),
        encoding: fields.get("encoding", |name| {
            KeyEncoding::from_name(&text(name)?).ok_or_else(|| unknown("encoding"))
        })?,
        not_before_ms: fields.get("notBeforeMs", whole)?,
        not_after_ms: fields.get("notAfterMs", whole)?,
    })
}

/// Keys as they are configured.
pub(crate) fn keys(given: &JsValue) -> Result<Vec<facade::WebhookKey>> {
    list(given, key)
}

#[cfg(feature = "full")]
fn spec(fields: &Fields<'_>) -> Result<Option<facade::SchemeSpec>> {
    fields.get("spec", spec::spec)
}

#[cfg(not(feature = "full"))]
fn spec(fields: &Fields<'_>) -> Result<Option<facade::SchemeSpec>> {
    fields.get("spec", |_| {
        Err(refuse(&Error::with_detail(ErrorCode::Unsupported, "spec")))
    })
}

/// The settings of a verifier and of an explainer.
pub(crate) fn config(given: &JsValue) -> Result<facade::WebhookConfig> {
    let fields = Fields(given);
    let scheme = fields.get("scheme", text)?.unwrap_or_default();
    let mut config = facade::WebhookConfig::new(&scheme, fields.required("keys", keys)?);
    config.spec = spec(&fields)?;
    config.max_age_s = fields.get("maxAgeS", setting("max_age_s"))?;
    config.max_future_s = fields.get("maxFutureS", setting("max_future_s"))?;
    if let Some(check_time) = fields.get("checkTime", flag)? {
        config.check_time = check_time;
    }
    if let Some(bytes) = fields.get("maxBodyBytes", setting("max_body_bytes"))? {
        config.max_body_bytes = bytes;
    }
    Ok(config)
}
