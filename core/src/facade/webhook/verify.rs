//! Verifying.

use super::{Covered, SignedField, WebhookConfig, WebhookRequest};
use crate::{
    error::{Error, ErrorCode, Result},
    verify::{
        keys::{Key, KeyRing},
        mac,
        webhook::{
            engine,
            key::{self, Prepared},
            plan::Plan,
            proof::{self, Proof},
            signature::Kinds,
        },
        window,
    },
};
use alloc::{borrow::ToOwned, string::String, sync::Arc, vec::Vec};
use core::fmt;

/// Verifies webhooks of one scheme. Immutable; may be shared between threads.
pub struct WebhookVerifier {
    pub(super) plan: Arc<Plan>,
    pub(super) ring: KeyRing<Prepared>,
    unusable: Vec<String>,
    pub(super) kinds: Kinds,
    max_age_ms: i64,
    max_future_ms: i64,
    check_time: bool,
    max_body: usize,
}

impl WebhookVerifier {
    /// Prepares the keys.
    ///
    /// A key that cannot be used does not mask the good ones: it is reported by
    /// [`unusable_keys`](Self::unusable_keys). If none can be used, its error is given.
    ///
    /// # Errors
    /// `UNKNOWN_SCHEME`, `INVALID_CONFIG`, `INVALID_SECRET`, `UNSUPPORTED`.
    pub fn new(config: WebhookConfig) -> Result<Self> {
        let plan = super::plan(&config.scheme, config.spec)?;
        let row = plan.row();
        let mut failed = None;
        let mut unusable = Vec::new();
        let mut keys = Vec::new();
        for key in config.keys {
            match key::for_verifying(&row, &key.secret, key.encoding) {
                Ok(material) => keys.push(Key {
                    id: key.id,
                    not_before_ms: key.not_before_ms,
                    not_after_ms: key.not_after_ms,
                    material,
                }),
                Err(error) => {
                    unusable.push(key.id);
                    failed.get_or_insert(error);
                }
            }
        }
        if let (true, Some(error)) = (keys.is_empty(), failed) {
            return Err(error);
        }
        let kinds = Kinds {
            main: keys.iter().any(|key| key.material.digest == row.digest),
            ed25519: keys.iter().any(|key| key.material.digest != row.digest),
        };
        Ok(Self {
            kinds,
            unusable,
            max_age_ms: i64::from(config.max_age_s.unwrap_or(row.max_age_s)) * 1000,
            max_future_ms: i64::from(config.max_future_s.unwrap_or(row.max_future_s)) * 1000,
            check_time: config.check_time,
            max_body: config.max_body_bytes as usize,
            ring: KeyRing::new(keys)?,
            plan: Arc::new(plan),
        })
    }

    /// The ids of keys that could not be used.
    #[must_use]
    pub fn unusable_keys(&self) -> Vec<String> {
        self.unusable.clone()
    }

    /// Verifies a request. The body is handed back in the result, without a copy: nothing else should be read.
    ///
    /// # Errors
    /// In the order of the checks: `TOO_LARGE`; `MISSING_CONTEXT`; `MISSING_HEADER`, `MISSING_PARAMETER`,
    /// `AMBIGUOUS_INPUT`, `INVALID_ENCODING`, `MALFORMED_BODY`; `MALFORMED_HEADER`, `MALFORMED_SIGNATURE`,
    /// `NO_SUPPORTED_SIGNATURE`; `MALFORMED_TIMESTAMP`; `SIGNATURE_MISMATCH`, `BODY_HASH_MISMATCH`;
    /// `TIMESTAMP_TOO_OLD`, `TIMESTAMP_TOO_NEW`.
    pub fn verify(
        &self,
        request: &WebhookRequest,
        body: Vec<u8>,
        now_ms: i64,
    ) -> Result<VerifiedWebhook> {
        let mut verified = self.verify_ref(request, &body, now_ms)?;
        if proof::covers_body(&self.plan) {
            verified.body = body;
        } else {
            verified.unsigned_body = body;
        }
        Ok(verified)
    }

    /// As [`verify`](Self::verify), but the body stays with the caller, and both bodies of the result are empty.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_ref(
        &self,
        request: &WebhookRequest,
        body: &[u8],
        now_ms: i64,
    ) -> Result<VerifiedWebhook> {
        if body.len() > self.max_body {
            return Err(Error::with_detail(ErrorCode::TooLarge, "body"));
        }
        let request = request.with_body(body);
        let opened = engine::open(&self.plan, &request, self.kinds)?;
        let (at, key, proof) = self
            .ring
            .valid_at(now_ms)
            .enumerate()
            .find_map(|(at, key)| Some((at, key, proof::prove(&opened, &key.material)?)))
            .ok_or(Error::new(ErrorCode::SignatureMismatch))?;
        let first = self.ring.valid_at(now_ms).next().filter(|_| at > 0);
        let proof = first
            .and_then(|first| proof::identify(&opened, &first.material))
            .unwrap_or(proof);
        let timestamp_ms = proof::after_proof(&opened)?;
        if let (true, Some(signed_ms)) = (self.check_time, timestamp_ms) {
            window::check(now_ms, signed_ms, self.max_age_ms, self.max_future_ms)?;
        }
        let id = &opened.context.id;
        Ok(VerifiedWebhook {
            plan: Arc::clone(&self.plan),
            key_id: key.id.clone(),
            message_id: (!id.is_empty()).then(|| String::from_utf8_lossy(id).into_owned()),
            timestamp_ms,
            replay_until_ms: timestamp_ms
                .filter(|_| self.check_time)
                .map(|ms| ms.saturating_add(self.max_age_ms)),
            fields: opened.fields,
            body: Vec::new(),
            unsigned_body: Vec::new(),
            proof,
        })
    }
}

impl fmt::Debug for WebhookVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookVerifier")
            .field("scheme", &self.plan.row().id)
            .field("keys", &self.ring)
            .finish()
    }
}

/// A webhook whose signature and time are good. Made by [`WebhookVerifier`] only.
pub struct VerifiedWebhook {
    plan: Arc<Plan>,
    key_id: String,
    message_id: Option<String>,
    timestamp_ms: Option<i64>,
    replay_until_ms: Option<i64>,
    fields: Vec<SignedField>,
    body: Vec<u8>,
    unsigned_body: Vec<u8>,
    proof: Proof,
}

impl VerifiedWebhook {
    /// The id of the scheme.
    #[must_use]
    pub fn scheme(&self) -> String {
        self.plan.row().id.to_owned()
    }

    /// The id of the key that matched.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The message id, where the scheme signs one.
    #[must_use]
    pub fn message_id(&self) -> Option<&str> {
        self.message_id.as_deref()
    }

    /// The signed time, Unix milliseconds, where the scheme signs one.
    #[must_use]
    pub fn timestamp_ms(&self) -> Option<i64> {
        self.timestamp_ms
    }

    /// What the signature covers. Empty for a static token.
    #[must_use]
    pub fn covers(&self) -> Vec<Covered> {
        self.plan.covers.clone()
    }

    /// The parameters or fields that the signature covers, for schemes that sign some of them.
    #[must_use]
    pub fn fields(&self) -> &[SignedField] {
        &self.fields
    }

    /// The body, where the signature covers it; else empty.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Gives the body away, as [`body`](Self::body).
    #[must_use]
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }

    /// The body where the signature does *not* cover it. Anybody on the way may have written it.
    #[must_use]
    pub fn unsigned_body(&self) -> &[u8] {
        &self.unsigned_body
    }

    /// The key under which a second copy of this message is known, 64 hex digits; `None` for a static token, which
    /// identifies no message.
    ///
    /// SHA-256 over purpose, scheme and message: the signed id, or else the MAC under the first key of the ring. It does
    /// not depend on the key that matched, since a message may carry signatures of several.
    #[must_use]
    pub fn replay_key(&self) -> Option<String> {
        let Proof::Message(tag) = &self.proof else {
            return None;
        };
        let message: &[u8] = self.message_id.as_deref().map_or(&**tag, str::as_bytes);
        let row = self.plan.row();
        let kind: &[u8] = if self.message_id.is_some() {
            b"id"
        } else {
            b"mac"
        };
        let parts = [row.id.as_bytes(), kind, message];
        Some(base16ct::lower::encode_string(&mac::sha256_of(
            b"countermark webhook",
            &parts,
        )))
    }

    /// Until when the replay key must be kept, Unix milliseconds; `None` when no time was checked, so that the same
    /// message would be accepted for ever.
    #[must_use]
    pub fn replay_until_ms(&self) -> Option<i64> {
        self.replay_until_ms
    }
}

impl fmt::Debug for VerifiedWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedWebhook")
            .field("scheme", &self.plan.row().id)
            .field("key_id", &self.key_id)
            .field("timestamp_ms", &self.timestamp_ms)
            .finish_non_exhaustive()
    }
}
