//! Webhooks: verify and sign.

mod schemes;
mod sign;
mod spec;
mod verify;

pub(crate) use schemes::{SchemeInfo, list_schemes};
pub(crate) use sign::{SignedWebhook, WebhookSigner};
pub(crate) use spec::SchemeSpec;
pub(crate) use verify::{VerifiedWebhook, WebhookVerifier};

use crate::{
    error::Answer,
    number::{Time, whole},
    secret::Kept,
};
use countermark::{
    Error, ErrorCode,
    facade::{self, KeyEncoding, WebhookConfig},
};
use pyo3::prelude::*;

/// One secret or public key of a webhook.
///
/// ``encoding`` says how it is written, such as ``hex`` or ``base64``; without it, as the scheme has it. The validity is Unix
/// milliseconds, inclusive.
#[pyclass(module = "countermark", frozen)]
pub(crate) struct WebhookKey {
    /// Your name for the key; reported when it matches.
    #[pyo3(get)]
    id: String,
    secret: Kept,
    encoding: Option<KeyEncoding>,
    not_before_ms: Option<i64>,
    not_after_ms: Option<i64>,
}

#[pymethods]
impl WebhookKey {
    #[new]
    #[pyo3(signature = (id, secret, *, encoding=None, not_before_ms=None, not_after_ms=None))]
    fn new(
        id: String,
        secret: &Bound<'_, PyAny>,
        encoding: Option<&str>,
        not_before_ms: Option<Time>,
        not_after_ms: Option<Time>,
    ) -> Answer<Self> {
        Ok(Self {
            id,
            secret: Kept::of(secret)?,
            encoding: encoding
                .map(|name| named("encoding", KeyEncoding::from_name(name)))
                .transpose()?,
            not_before_ms: whole(not_before_ms),
            not_after_ms: whole(not_after_ms),
        })
    }

    fn __repr__(&self) -> String {
        format!("<WebhookKey {:?}>", self.id)
    }
}

/// What a configuration names must be on the facade's list.
fn named<T>(setting: &'static str, found: Option<T>) -> Result<T, Error> {
    found.ok_or_else(|| Error::with_detail(ErrorCode::InvalidConfig, setting))
}

pub(crate) fn keys(keys: &[PyRef<'_, WebhookKey>]) -> Vec<facade::WebhookKey> {
    let key = |key: &PyRef<'_, WebhookKey>| facade::WebhookKey {
        id: key.id.clone(),
        secret: key.secret.secret(),
        encoding: key.encoding,
        not_before_ms: key.not_before_ms,
        not_after_ms: key.not_after_ms,
    };
    keys.iter().map(key).collect()
}

/// The id of a scheme of the table, or a scheme of one's own.
#[derive(FromPyObject)]
pub(crate) enum Scheme<'py> {
    Id(String),
    Own(PyRef<'py, SchemeSpec>),
}

/// What a verifier and an explainer are configured with.
pub(crate) struct Settings {
    pub(crate) max_age_s: Option<u32>,
    pub(crate) max_future_s: Option<u32>,
    pub(crate) check_time: Option<bool>,
    pub(crate) max_body_bytes: Option<u32>,
}

impl Settings {
    pub(crate) fn config(
        &self,
        scheme: &Scheme<'_>,
        ring: &[PyRef<'_, WebhookKey>],
    ) -> WebhookConfig {
        let mut config = match scheme {
            Scheme::Id(id) => WebhookConfig::new(id, keys(ring)),
            Scheme::Own(spec) => WebhookConfig::of_spec(spec.0.clone(), keys(ring)),
        };
        config.max_age_s = self.max_age_s;
        config.max_future_s = self.max_future_s;
        if let Some(check_time) = self.check_time {
            config.check_time = check_time;
        }
        if let Some(max_body_bytes) = self.max_body_bytes {
            config.max_body_bytes = max_body_bytes;
        }
        config
    }
}
