//! The settings of verifiers, signers and explainers of webhooks.

use super::spec::countermark_scheme_spec;
use crate::{
    boundary::{array, view_bytes, view_opt},
    option::{flag, name_opt, span_opt, validity},
    view::countermark_str,
};
use countermark::{
    Result, Secret,
    facade::{KeyEncoding, WebhookConfig, WebhookKey},
};

/// One secret or key of a webhook.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_webhook_key {
    /// Your name for the key: reported when it matches.
    pub id: countermark_str,
    /// The secret as the sender's console shows it. Copied, and wiped when its owner is freed.
    pub secret: countermark_str,
    /// How the secret is written, such as `base64`; absent: as the scheme has it.
    pub encoding: countermark_str,
    /// First millisecond of validity (Unix time), or `COUNTERMARK_ALWAYS_BEFORE`. Both 0: INVALID_CONFIG.
    pub not_before_ms: i64,
    /// Last millisecond of validity (Unix time), or `COUNTERMARK_ALWAYS_AFTER`.
    pub not_after_ms: i64,
}

/// The settings of a verifier, a signer or an explainer. Everything is copied.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct countermark_webhook_config {
    /// The id of a scheme of the table, such as `stripe`; absent if `spec` is given.
    pub scheme: countermark_str,
    /// A scheme of your own, or NULL.
    pub spec: *const countermark_scheme_spec,
    /// The keys, tried in order; several during a rotation.
    pub keys: *const countermark_webhook_key,
    /// How many.
    pub keys_len: usize,
    /// Oldest accepted time in seconds. `COUNTERMARK_DEFAULT`: the scheme's.
    pub max_age_s: i64,
    /// Newest accepted time in seconds ahead of the clock. `COUNTERMARK_DEFAULT`: the scheme's.
    pub max_future_s: i64,
    /// Longest body in bytes; 0 is INVALID_CONFIG. `COUNTERMARK_DEFAULT`: the library's.
    pub max_body_bytes: i64,
    /// 1: the time is not checked. Only a queue that verifies much later should say so.
    pub ignore_time: i32,
}

impl countermark_webhook_key {
    /// # Safety
    /// Every view is absent or readable.
    unsafe fn read(&self) -> Result<WebhookKey> {
        let (not_before_ms, not_after_ms) = validity(self.not_before_ms, self.not_after_ms)?;
        // SAFETY: the caller's promise.
        unsafe {
            Ok(WebhookKey {
                id: view_opt(self.id)?.unwrap_or_default().into(),
                secret: Secret::from(view_bytes(self.secret)?),
                encoding: name_opt(self.encoding, "encoding", KeyEncoding::from_name)?,
                not_before_ms,
                not_after_ms,
            })
        }
    }
}

impl countermark_webhook_config {
    /// # Safety
    /// Every view and array is absent or readable.
    pub(super) unsafe fn keys(&self) -> Result<Vec<WebhookKey>> {
        // SAFETY: the caller's promise.
        unsafe {
            array(self.keys, self.keys_len)?
                .iter()
                .map(|key| key.read())
                .collect()
        }
    }

    /// # Safety
    /// Every view and array is absent or readable.
    pub(super) unsafe fn read(&self) -> Result<WebhookConfig> {
        // SAFETY: the caller's promise.
        let mut config = unsafe {
            let scheme = view_opt(self.scheme)?.unwrap_or_default();
            let mut config = WebhookConfig::new(scheme, self.keys()?);
            config.spec = self.spec.as_ref().map(|spec| spec.read()).transpose()?;
            config
        };
        config.max_age_s = span_opt(self.max_age_s, "max_age_s")?;
        config.max_future_s = span_opt(self.max_future_s, "max_future_s")?;
        config.check_time = !flag(self.ignore_time)?;
        if let Some(bytes) = span_opt(self.max_body_bytes, "max_body_bytes")? {
            config.max_body_bytes = bytes;
        }
        Ok(config)
    }
}
