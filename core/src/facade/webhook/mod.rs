//! Webhooks: verify and sign.

mod keep;
mod origin;
mod outside;
#[cfg(feature = "catalogue")]
mod schemes;
mod sign;
mod verify;

pub use keep::webhook_keep_until_ms;
pub use outside::{OutsideKey, OutsideMac};
#[cfg(feature = "catalogue")]
pub use schemes::{SchemeInfo, list_schemes};
pub use sign::{SignedWebhook, WebhookSigner};
pub use verify::{VerifiedWebhook, WebhookVerifier};

pub use crate::verify::webhook::{
    covered::Covered,
    custom::SignedField,
    header::WebhookHeader,
    key::WebhookKey,
    request::WebhookRequest,
    row::{Digest, KeyEncoding, PairText, Repeats, SignatureEncoding, TimeUnit, UrlForm},
    spec::{HashKind, SchemeSpec},
};

use crate::{
    error::{Error, ErrorCode, Result},
    limits::WEBHOOK_BODY_MAX,
    verify::webhook::plan::Plan,
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// The configuration of a [`WebhookVerifier`].
#[derive(Debug)]
#[non_exhaustive]
pub struct WebhookConfig {
    /// The id of a scheme, see [`list_schemes`]. Empty when [`spec`](Self::spec) is given.
    pub scheme: String,
    /// A scheme of your own.
    pub spec: Option<SchemeSpec>,
    /// The keys, tried in order. Several during a rotation.
    pub keys: Vec<WebhookKey>,
    /// Oldest accepted time, in seconds; without it, as the scheme has it.
    pub max_age_s: Option<u32>,
    /// Newest accepted time, in seconds ahead of the clock; without it, as the scheme has it.
    pub max_future_s: Option<u32>,
    /// Whether the time is checked at all. Only a queue that verifies much later should say no.
    pub check_time: bool,
    /// Longest body, in bytes.
    pub max_body_bytes: u32,
}

impl WebhookConfig {
    /// The defaults of a scheme.
    #[must_use]
    pub fn new(scheme: &str, keys: Vec<WebhookKey>) -> Self {
        Self {
            scheme: scheme.to_owned(),
            spec: None,
            keys,
            max_age_s: None,
            max_future_s: None,
            check_time: true,
            max_body_bytes: WEBHOOK_BODY_MAX,
        }
    }

    /// The defaults of a scheme of your own.
    #[must_use]
    pub fn of_spec(spec: SchemeSpec, keys: Vec<WebhookKey>) -> Self {
        Self {
            spec: Some(spec),
            ..Self::new("", keys)
        }
    }
}

pub(in crate::facade) fn plan(scheme: &str, spec: Option<SchemeSpec>) -> Result<Plan> {
    match spec {
        Some(spec) if scheme.is_empty() => Plan::of_spec(spec),
        Some(_) => Err(Error::with_detail(
            ErrorCode::InvalidConfig,
            "a scheme id and a scheme of your own",
        )),
        None => Plan::of_table(scheme),
    }
}
