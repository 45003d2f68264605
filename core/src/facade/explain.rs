//! Why a webhook failed, for operators.

use super::webhook::{self, WebhookConfig, WebhookKey, WebhookRequest, WebhookVerifier};
use crate::{
    error::{Error, ErrorCode, Result},
    secret::Secret,
    verify::{
        explain::{Search, causes, checks},
        webhook::plan::Plan,
    },
};
use alloc::{string::String, vec::Vec};
use core::fmt;

pub use crate::verify::explain::{
    Certainty, WebhookCause,
    causes::{CauseInfo, CauseKind},
    checks::{CheckState, CheckStep, WebhookCheck},
};

/// Finds out why webhooks of one configuration fail. Immutable; may be shared between threads.
///
/// For operators and their tools, never for the answer to a sender. It does far more work than a verification, within
/// the limits `EXPLAIN_…`. What it finds holds no secret, no MAC and no part of the body.
pub struct WebhookExplainer {
    plan: Plan,
    keys: Vec<WebhookKey>,
    verifier: Result<WebhookVerifier>,
}

impl WebhookExplainer {
    /// Takes the configuration of the verifier. Keys that cannot be used are no error here but a cause.
    ///
    /// # Errors
    /// `UNKNOWN_SCHEME`, `INVALID_CONFIG`.
    pub fn new(config: WebhookConfig) -> Result<Self> {
        let plan = webhook::plan(&config.scheme, config.spec.clone())?;
        let keys = config.keys.iter().map(copy).collect();
        let verifier = match WebhookVerifier::new(config) {
            Err(error)
                if !matches!(
                    error.code(),
                    ErrorCode::InvalidSecret | ErrorCode::Unsupported
                ) =>
            {
                return Err(error);
            }
            verifier => verifier,
        };
        Ok(Self {
            plan,
            keys,
            verifier,
        })
    }

    /// Explains what the verifier says about a request.
    #[must_use]
    pub fn explain(
        &self,
        request: &WebhookRequest<'_>,
        body: &[u8],
        now_ms: i64,
    ) -> WebhookExplanation {
        let verdict = match &self.verifier {
            Ok(verifier) => verifier.verify(request, body, now_ms),
            Err(error) => Err(error.clone()),
        };
        match verdict {
            Ok(verified) => WebhookExplanation {
                error: None,
                key_id: verified.key_id().into(),
                causes: Vec::new(),
                complete: true,
                checks: checks::checklist(None),
            },
            Err(error) => self.failure(request, body, now_ms, &error),
        }
    }

    fn failure(
        &self,
        request: &WebhookRequest<'_>,
        body: &[u8],
        now_ms: i64,
        error: &Error,
    ) -> WebhookExplanation {
        let search = Search::new(&self.plan, &self.keys, request.with_body(body), now_ms);
        let (causes, complete) = search.run(error);
        WebhookExplanation {
            error: Some(error.code()),
            key_id: String::new(),
            causes,
            complete,
            checks: checks::checklist(Some(error.code())),
        }
    }
}

impl fmt::Debug for WebhookExplainer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookExplainer")
            .field("scheme", &self.plan.row().id)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

/// What an explainer found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookExplanation {
    /// What the verifier says; `None` when it accepts the request.
    pub error: Option<ErrorCode>,
    /// The id of the key that matched; empty when the request is refused.
    pub key_id: String,
    /// The causes, the surest first. None for a request that is accepted, or when no known mistake fits.
    pub causes: Vec<WebhookCause>,
    /// Whether every idea was tried. Not when the body is longer than `EXPLAIN_BODY_MAX` or the work took too long.
    pub complete: bool,
    /// The checks of the verifier in their order.
    pub checks: Vec<WebhookCheck>,
}

/// Every cause with its texts.
#[must_use]
pub fn list_causes() -> Vec<CauseInfo> {
    causes::ALL.iter().map(|kind| *kind.info()).collect()
}

/// The verifier keeps no texts of secrets, so the explainer has its own, wiped like all.
fn copy(key: &WebhookKey) -> WebhookKey {
    WebhookKey {
        id: key.id.clone(),
        secret: Secret::from(key.secret.expose()),
        encoding: key.encoding,
        not_before_ms: key.not_before_ms,
        not_after_ms: key.not_after_ms,
    }
}
