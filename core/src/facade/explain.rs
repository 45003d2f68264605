//! Why a webhook failed, for operators.

use super::webhook::{
    self, VerifiedWebhook, WebhookConfig, WebhookKey, WebhookRequest, WebhookVerifier,
};
use crate::{
    error::{ErrorCode, Result},
    secret::Secret,
    verify::{
        explain::{Found, Search, causes, checks},
        inspect::content::{self, Restored},
        mac::{self, Hash},
        webhook::{key, plan::Plan},
    },
};
use alloc::{string::String, vec::Vec};
use core::fmt;

pub use crate::verify::explain::{
    Certainty, WebhookCause,
    causes::{CauseInfo, CauseKind},
    checks::{CheckState, CheckStep, WebhookCheck},
};
pub use crate::verify::inspect::{
    content::{SignedContent, SignedPart},
    difference::Difference,
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
        self.search(request, body, now_ms).0
    }

    /// How well the scheme fits as it is.
    pub(super) fn verdict_fit(
        &self,
        request: &WebhookRequest<'_>,
        body: &[u8],
        now_ms: i64,
    ) -> Fit {
        let mut is_signed = false;
        match self.verdict(request, body, now_ms, &mut is_signed) {
            Ok(_) => Fit::Verified,
            Err(_) if is_signed => Fit::Signed,
            Err(_) => Fit::Nothing,
        }
    }

    /// Whether a signature would be good under the scheme, if a mistake were undone.
    pub(super) fn fits_once_mended(
        &self,
        request: &WebhookRequest<'_>,
        body: &[u8],
        now_ms: i64,
    ) -> bool {
        let Err(error) = self.verdict(request, body, now_ms, &mut false) else {
            return true;
        };
        self.search_of(request, body, now_ms).run(&error).fits
    }

    /// As [`explain`](Self::explain), with the bytes that the signature is over, for whoever may see the request anyway. The
    /// content is `None` when the request cannot be taken apart.
    #[must_use]
    pub fn inspect(
        &self,
        request: &WebhookRequest<'_>,
        body: &[u8],
        now_ms: i64,
    ) -> (WebhookExplanation, Option<SignedContent>) {
        let (explanation, restored) = self.search(request, body, now_ms);
        let row = self.plan.row();
        let mut usable = self.keys.iter().filter_map(|key| {
            let prepared = key::for_verifying(&row, &key.secret, key.encoding).ok()?;
            (explanation.key_id.is_empty() || explanation.key_id == key.id).then_some(prepared)
        });
        let request = request.with_body(body);
        let content = content::of(&self.plan, &request, &restored, usable.next().as_ref());
        (explanation, content)
    }

    /// What the verifier says, and whether a key proved the signature.
    fn verdict<'b>(
        &self,
        request: &WebhookRequest<'_>,
        body: &'b [u8],
        now_ms: i64,
        is_signed: &mut bool,
    ) -> Result<VerifiedWebhook<&'b [u8]>> {
        match &self.verifier {
            Ok(verifier) => verifier.verify_telling(request, body, now_ms, is_signed),
            Err(error) => Err(error.clone()),
        }
    }

    fn search_of<'s>(
        &'s self,
        request: &WebhookRequest<'s>,
        body: &'s [u8],
        now_ms: i64,
    ) -> Search<'s> {
        // Without a verifier no time was refused.
        let window_ms = self
            .verifier
            .as_ref()
            .map_or((0, 0), WebhookVerifier::window_ms);
        let request = request.with_body(body);
        Search::new(&self.plan, &self.keys, request, now_ms, window_ms)
    }

    fn search(
        &self,
        request: &WebhookRequest<'_>,
        body: &[u8],
        now_ms: i64,
    ) -> (WebhookExplanation, Restored) {
        let mut is_signed = false;
        let verdict = self.verdict(request, body, now_ms, &mut is_signed);
        let (error, key_id, found) = match verdict {
            Ok(verified) => (None, verified.key_id().into(), Found::NOTHING),
            Err(error) => {
                let search = self.search_of(request, body, now_ms);
                (Some(error.code()), String::new(), search.run(&error))
            }
        };
        let explanation = WebhookExplanation {
            error,
            key_id,
            causes: found.causes,
            complete: found.whole,
            checks: checks::checklist(error, is_signed),
            body_len: body.len(),
            body_sha256: base16ct::lower::encode_string(&mac::digest(Hash::Sha256, &[body])),
        };
        (explanation, found.restored)
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

/// How well a scheme fits a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// No signature is good under it.
    Nothing,
    /// One is, but the request is refused.
    Signed,
    /// The request is verified.
    Verified,
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
    /// Whether every idea was tried. Not when JSON is longer than `EXPLAIN_JSON_MAX`, or more than `EXPLAIN_WORK_MAX` was to be hashed.
    pub complete: bool,
    /// The checks of the verifier in their order.
    pub checks: Vec<WebhookCheck>,
    /// The length of the body that arrived, in bytes.
    pub body_len: usize,
    /// SHA-256 of the body that arrived, in lower-case hex. That of the body that was sent tells whether something on the
    /// way changed it.
    pub body_sha256: String,
}

/// Every cause with its texts.
#[must_use]
pub fn list_causes() -> Vec<CauseInfo> {
    causes::ALL.iter().map(|kind| *kind.info()).collect()
}

/// The verifier keeps no texts of secrets, so the explainer has its own, wiped like all.
pub(super) fn copy(key: &WebhookKey) -> WebhookKey {
    WebhookKey {
        id: key.id.clone(),
        secret: Secret::from(key.secret.expose()),
        encoding: key.encoding,
        not_before_ms: key.not_before_ms,
        not_after_ms: key.not_after_ms,
    }
}
