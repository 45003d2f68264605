//! Signing.

use super::{SchemeSpec, WebhookKey, WebhookRequest};
use crate::{
    error::{Error, ErrorCode, Result},
    http::Header,
    verify::webhook::{
        key::{self, Prepared},
        plan::Plan,
        sign,
    },
};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// Signs webhooks of one scheme. Immutable; may be shared between threads.
pub struct WebhookSigner {
    plan: Plan,
    keys: Vec<Prepared>,
}

impl WebhookSigner {
    /// Prepares the keys: secrets, or for public-key schemes private keys. Several where the scheme carries several
    /// signatures, old and new during a rotation. Their validity is not looked at.
    ///
    /// # Errors
    /// `UNKNOWN_SCHEME`, `INVALID_CONFIG`, `INVALID_SECRET`, `UNSUPPORTED`.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "the secrets end with the call"
    )]
    pub fn new(scheme: &str, keys: Vec<WebhookKey>) -> Result<Self> {
        Self::of(super::plan(scheme, None)?, &keys)
    }

    /// As [`new`](Self::new), for a scheme of your own.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    #[allow(
        clippy::needless_pass_by_value,
        reason = "the secrets end with the call"
    )]
    pub fn of_spec(spec: SchemeSpec, keys: Vec<WebhookKey>) -> Result<Self> {
        Self::of(Plan::of_spec(spec)?, &keys)
    }

    fn of(plan: Plan, keys: &[WebhookKey]) -> Result<Self> {
        let row = plan.row();
        if !(1..=crate::limits::KEYS_MAX).contains(&keys.len()) {
            return Err(Error::with_detail(
                ErrorCode::InvalidConfig,
                "a key ring holds 1 to 16 keys",
            ));
        }
        let keys = keys
            .iter()
            .map(|key| key::for_signing(&row, &key.secret, key.encoding))
            .collect::<Result<_>>()?;
        Ok(Self { plan, keys })
    }

    /// Signs a request. `message_id` is needed by schemes that sign one.
    ///
    /// # Errors
    /// `MISSING_CONTEXT`, `MISSING_PARAMETER`, `MISSING_HEADER`, `MALFORMED_BODY`, `INVALID_INPUT`, `UNSUPPORTED`.
    pub fn sign(
        &self,
        request: &WebhookRequest<'_>,
        body: &[u8],
        message_id: Option<&str>,
        now_ms: i64,
    ) -> Result<SignedWebhook> {
        let signed = sign::sign(
            &self.plan,
            &self.keys,
            &request.with_body(body),
            message_id,
            now_ms,
        )?;
        Ok(SignedWebhook {
            headers: signed.headers,
            url: signed.url,
            query: signed.query,
            body: signed.body,
        })
    }
}

impl fmt::Debug for WebhookSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookSigner")
            .field("scheme", &self.plan.row().id)
            .finish_non_exhaustive()
    }
}

/// What to send. What is `None` stays as it was.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedWebhook {
    /// Headers to add.
    pub headers: Vec<Header>,
    /// The URL with the signature in its path, or with the time in its query.
    pub url: Option<String>,
    /// The query with time and signature, without `?`.
    pub query: Option<String>,
    /// The body with the signature in it.
    pub body: Option<Vec<u8>>,
}

/// Names of headers only: who has the signed address, query or body has what it opens.
impl fmt::Debug for SignedWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedWebhook")
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}
