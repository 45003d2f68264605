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
    row::{Digest, KeyEncoding, PairText, Repeats, SignatureEncoding, TimeUnit, UrlForm},
    spec::{HashKind, SchemeSpec},
};

use crate::{
    error::{Error, ErrorCode, Result},
    limits::WEBHOOK_BODY_MAX,
    secret::Secret,
    verify::webhook::{context::Request, plan::Plan},
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::fmt;

/// One secret or public key of a webhook.
#[derive(Debug)]
pub struct WebhookKey {
    /// Your name for the key; reported when it matches.
    pub id: String,
    /// The secret as the sender's console shows it.
    pub secret: Secret,
    /// How the secret is written; without it, as the scheme has it.
    pub encoding: Option<KeyEncoding>,
    /// First moment of validity, Unix milliseconds.
    pub not_before_ms: Option<i64>,
    /// Last moment of validity, Unix milliseconds.
    pub not_after_ms: Option<i64>,
}

impl WebhookKey {
    /// A key that is always valid, written as the scheme has it.
    #[must_use]
    pub fn new(id: &str, secret: &str) -> Self {
        Self {
            id: id.to_owned(),
            secret: Secret::from(secret),
            encoding: None,
            not_before_ms: None,
            not_after_ms: None,
        }
    }
}

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

/// A received request, without its body: a view of what the server holds.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct WebhookRequest<'a> {
    /// The method; needed by few schemes.
    pub method: Option<&'a str>,
    /// The URL as the sender called it, which behind a proxy is not the one that the server sees; needed by few.
    pub url: Option<&'a str>,
    /// The query as received, without `?`. Without it, that of the URL.
    pub query: Option<&'a str>,
    /// All headers in the order of arrival.
    pub headers: &'a [WebhookHeader<'a>],
}

/// The method and the names of the headers: URL and query may be signed, and a header may be the secret itself.
impl fmt::Debug for WebhookRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookRequest")
            .field("method", &self.method)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

impl<'a> WebhookRequest<'a> {
    pub(in crate::facade) fn with_body(&self, body: &'a [u8]) -> Request<'a> {
        Request {
            method: self.method,
            url: self.url,
            query: self.query,
            headers: self.headers,
            body,
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
