//! Webhooks: what verifying, signing and explaining share.

mod request;
mod schemes;
mod sign;
mod spec;
mod verify;

pub(crate) use request::WebhookRequest;

use crate::{
    error::unknown,
    value::{Bytes, Span, Time, setting, whole},
};
use countermark::{
    Secret,
    facade::{self, KeyEncoding},
};
use napi_derive::napi;
use spec::SchemeSpec;

#[napi(object, object_to_js = false)]
pub struct WebhookKey {
    pub id: String,
    pub secret: Bytes,
    pub encoding: Option<String>,
    pub not_before_ms: Option<Time>,
    pub not_after_ms: Option<Time>,
}

impl TryFrom<WebhookKey> for facade::WebhookKey {
    type Error = napi::Error;

    fn try_from(key: WebhookKey) -> napi::Result<Self> {
        let encoding = match key.encoding.as_deref().map(KeyEncoding::from_name) {
            Some(None) => return Err(unknown("encoding")),
            Some(found) => found,
            None => None,
        };
        Ok(Self {
            id: key.id,
            secret: Secret::new(key.secret.0),
            encoding,
            not_before_ms: whole(key.not_before_ms),
            not_after_ms: whole(key.not_after_ms),
        })
    }
}

fn keys(keys: Vec<WebhookKey>) -> napi::Result<Vec<facade::WebhookKey>> {
    keys.into_iter().map(TryInto::try_into).collect()
}

/// The settings of a verifier and of an explainer.
#[napi(object, object_to_js = false)]
pub struct WebhookConfig {
    pub scheme: Option<String>,
    pub spec: Option<SchemeSpec>,
    pub keys: Vec<WebhookKey>,
    pub max_age_s: Option<Span>,
    pub max_future_s: Option<Span>,
    pub check_time: Option<bool>,
    pub max_body_bytes: Option<Span>,
}

impl TryFrom<WebhookConfig> for facade::WebhookConfig {
    type Error = napi::Error;

    fn try_from(given: WebhookConfig) -> napi::Result<Self> {
        let scheme = given.scheme.unwrap_or_default();
        let mut config = Self::new(&scheme, keys(given.keys)?);
        config.spec = given.spec.map(TryInto::try_into).transpose()?;
        config.max_age_s = setting(given.max_age_s, "max_age_s")?;
        config.max_future_s = setting(given.max_future_s, "max_future_s")?;
        if let Some(check_time) = given.check_time {
            config.check_time = check_time;
        }
        if let Some(bytes) = setting(given.max_body_bytes, "max_body_bytes")? {
            config.max_body_bytes = bytes;
        }
        Ok(config)
    }
}
