//! Verifying.

use super::{Covered, Digest, SignedField, WebhookConfig, WebhookRequest};
use crate::{
    error::{Error, ErrorCode, Result},
    verify::{
        keys::{Key, KeyRing},
        mac,
        small::Bytes,
        webhook::{
            engine::Opened,
            key::{self, Prepared},
            plan::Plan,
            proof::{self, Proof},
            row::TimeAt,
            signature::Kinds,
        },
        window,
    },
};
use alloc::{borrow::ToOwned, string::String, sync::Arc, vec::Vec};
use core::fmt;

/// Verifies webhooks of one scheme. Immutable; may be shared between threads.
pub struct WebhookVerifier {
    pub(super) about: Arc<About>,
    pub(super) ring: KeyRing<Prepared>,
    unusable: Vec<String>,
    pub(super) kinds: Kinds,
    max_age_ms: i64,
    max_future_ms: i64,
    check_time: bool,
    pub(super) max_body: usize,
}

/// What its results share with a verifier.
pub(super) struct About {
    pub(super) plan: Plan,
    pub(super) key_ids: Vec<String>,
    /// Tells the messages of one sender from those of another that chose the same id.
    sender: [u8; 32],
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
        // Of a structure that was only filled with zeros, say: no webhook would fit.
        if config.max_body_bytes == 0 {
            return Err(Error::with_detail(
                ErrorCode::InvalidConfig,
                "max_body_bytes",
            ));
        }
        let plan = super::plan(&config.scheme, config.spec)?;
        let row = plan.row();
        let mut failed = None;
        let mut unusable = Vec::new();
        let mut keys = Vec::new();
        let first = config
            .keys
            .first()
            .map_or(&[][..], |key| key.secret.expose());
        let sender = mac::sha256_of(b"countermark webhook sender", &[first]);
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
            about: Arc::new(About {
                plan,
                key_ids: keys.iter().map(|key| key.id.clone()).collect(),
                sender,
            }),
            ring: KeyRing::new(keys)?,
        })
    }

    /// The ids of keys that could not be used.
    #[must_use]
    pub fn unusable_keys(&self) -> Vec<String> {
        self.unusable.clone()
    }

    /// The names of the headers that [`verify`](Self::verify) looks at, each once, in the vendor's case; one that ends in `#` stands for all
    /// that begin with what is before it. For bindings to which each header costs: they may leave out all others, and must hand
    /// over every header with one of these names, in any case and however often it came.
    #[must_use]
    pub fn header_names(&self) -> Vec<String> {
        self.about.plan.header_names()
    }

    /// Whether a store must be told how long to keep the replay keys, see [`webhook_keep_until_ms`](crate::facade::webhook_keep_until_ms):
    /// the scheme signs no time, or it is not checked, or it may change places with another text, so that a message would be accepted again. Not where messages have no
    /// [replay key](VerifiedWebhook::replay_key).
    #[must_use]
    pub fn needs_keep(&self) -> bool {
        let row = self.about.plan.row();
        let is_bound = row.time != TimeAt::None && !self.about.plan.time_may_swap;
        row.digest != Digest::Token && !row.comes_again && !(is_bound && self.check_time)
    }

    /// The oldest and the newest time that are accepted, from the clock on.
    pub(in crate::facade) fn window_ms(&self) -> (i64, i64) {
        (self.max_age_ms, self.max_future_ms)
    }

    /// Verifies a request. The body is given in whatever form it is held (`Vec<u8>`, `&[u8]`, `Bytes`, …), and handed back
    /// in the result, without a copy: nothing else should be read.
    ///
    /// # Errors
    /// In the order of the checks: `TOO_LARGE`; `MISSING_CONTEXT`; `MISSING_HEADER`, `MISSING_PARAMETER`,
    /// `AMBIGUOUS_INPUT`, `INVALID_ENCODING`, `MALFORMED_BODY`; `MALFORMED_HEADER`, `MALFORMED_SIGNATURE`,
    /// `NO_SUPPORTED_SIGNATURE`; `MALFORMED_TIMESTAMP`; `COLLISION_DETECTED` (schemes that sign with a plain SHA-1),
    /// `SIGNATURE_MISMATCH`, `BODY_HASH_MISMATCH`;
    /// `TIMESTAMP_TOO_OLD`, `TIMESTAMP_TOO_NEW`. What only a good signature makes worth reading comes after it: `AMBIGUOUS_INPUT` for
    /// several items of Adyen's, `MALFORMED_BODY` and `MALFORMED_TIMESTAMP` for a time in a JSON body.
    pub fn verify<B: AsRef<[u8]>>(
        &self,
        request: &WebhookRequest<'_>,
        body: B,
        now_ms: i64,
    ) -> Result<VerifiedWebhook<B>> {
        self.verify_telling(request, body, now_ms, &mut false)
    }

    /// As [`verify`](Self::verify). `is_signed` becomes true once a key has proved the signature, whatever is refused after it.
    #[inline]
    pub(in crate::facade) fn verify_telling<B: AsRef<[u8]>>(
        &self,
        request: &WebhookRequest<'_>,
        body: B,
        now_ms: i64,
        is_signed: &mut bool,
    ) -> Result<VerifiedWebhook<B>> {
        let proved = self.prove(request, body.as_ref(), now_ms, is_signed)?;
        Ok(VerifiedWebhook { proved, body })
    }

    fn prove(
        &self,
        request: &WebhookRequest<'_>,
        body: &[u8],
        now_ms: i64,
        is_signed: &mut bool,
    ) -> Result<Proved> {
        if body.len() > self.max_body {
            return Err(Error::with_detail(ErrorCode::TooLarge, "body"));
        }
        let request = request.with_body(body);
        let mut opened = Opened::new(&self.about.plan, &request);
        opened.read(self.kinds)?;
        let keys = || self.ring.places_valid_at(now_ms);
        let mut proof = Proof::Token;
        let Some((place, _)) =
            keys().find(|(_, key)| proof::prove(&opened, &key.material, &mut proof))
        else {
            let keys = keys().map(|(_, key)| &key.material);
            return Err(proof::refusal(&opened, keys));
        };
        *is_signed = true;
        // Of the ring, and not of the valid keys: when its time ends, every message would get another replay key.
        let first = self.ring.first().filter(|_| place != 0);
        if let (true, Some(first)) = (opened.context.id.is_empty(), first) {
            proof = proof::identify(&opened, &first.material).unwrap_or(proof);
        }
        self.judge(&mut opened, place, &proof, now_ms)
    }

    /// What is left to check of a message that the key at a place proves. Its fields are taken; the rest stays where it is.
    #[inline]
    pub(super) fn judge(
        &self,
        opened: &mut Opened<'_>,
        key: usize,
        proof: &Proof,
        now_ms: i64,
    ) -> Result<Proved> {
        let timestamp_ms = proof::after_proof(opened)?;
        if let (true, Some(signed_ms)) = (self.check_time, timestamp_ms) {
            window::check(now_ms, signed_ms, self.max_age_ms, self.max_future_ms)?;
        }
        let id = &opened.context.id;
        Ok(Proved {
            about: Arc::clone(&self.about),
            key,
            timestamp_ms,
            replay_until_ms: timestamp_ms
                .filter(|_| self.check_time && !self.about.plan.time_may_swap)
                .map(|ms| ms.saturating_add(self.max_age_ms)),
            fields: core::mem::take(&mut opened.fields),
            known_by: if !id.is_empty() {
                KnownBy::Id(Bytes::from(&**id))
            } else if opened.context.comes_again() {
                KnownBy::Proof(Proof::Token)
            } else {
                KnownBy::Proof(proof::with_topic(opened.topic, proof))
            },
        })
    }
}

impl fmt::Debug for WebhookVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookVerifier")
            .field("scheme", &self.about.plan.row().id)
            .field("keys", &self.ring)
            .finish()
    }
}

/// A webhook whose signature and time are good, with its body. Made by [`WebhookVerifier`] only.
pub struct VerifiedWebhook<B> {
    pub(super) proved: Proved,
    pub(super) body: B,
}

/// All of it but the body.
pub(super) struct Proved {
    about: Arc<About>,
    /// Its place among the key ids.
    key: usize,
    timestamp_ms: Option<i64>,
    replay_until_ms: Option<i64>,
    fields: Vec<SignedField>,
    known_by: KnownBy,
}

/// What tells a message from others.
enum KnownBy {
    /// Its signed id.
    Id(Bytes),
    Proof(Proof),
}

impl<B: AsRef<[u8]>> VerifiedWebhook<B> {
    /// The body, where the signature covers it; else empty.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        if self.covers_body() {
            self.body.as_ref()
        } else {
            &[]
        }
    }

    /// The body where the signature does *not* cover it; else empty. Anybody on the way may have written it.
    #[must_use]
    pub fn unsigned_body(&self) -> &[u8] {
        if self.covers_body() {
            &[]
        } else {
            self.body.as_ref()
        }
    }
}

impl<B> VerifiedWebhook<B> {
    /// Gives the body away, where the signature covers it.
    #[must_use]
    pub fn into_body(self) -> Option<B> {
        self.covers_body().then_some(self.body)
    }

    /// The same without its body, for a caller whose own language holds the body: [`covers_body`](Self::covers_body)
    /// says whether it may be read as signed.
    #[must_use]
    pub fn without_body(self) -> VerifiedWebhook<()> {
        VerifiedWebhook {
            proved: self.proved,
            body: (),
        }
    }

    /// Whether the signature covers the whole body, be it by a checksum or as a form.
    #[must_use]
    pub fn covers_body(&self) -> bool {
        proof::covers_body(&self.proved.about.plan)
    }

    /// The id of the scheme.
    #[must_use]
    pub fn scheme(&self) -> String {
        self.proved.about.plan.row().id.to_owned()
    }

    /// The id of the key that matched.
    #[must_use]
    pub fn key_id(&self) -> &str {
        let key = self.proved.about.key_ids.get(self.proved.key);
        key.map_or("", String::as_str)
    }

    /// The message id, where the scheme signs one.
    #[must_use]
    pub fn message_id(&self) -> Option<&str> {
        let KnownBy::Id(id) = &self.proved.known_by else {
            return None;
        };
        // An id is graphic ASCII.
        core::str::from_utf8(id).ok()
    }

    /// The signed time, Unix milliseconds, where the scheme signs one.
    #[must_use]
    pub fn timestamp_ms(&self) -> Option<i64> {
        self.proved.timestamp_ms
    }

    /// What the signature covers. Empty for a static token.
    #[must_use]
    pub fn covers(&self) -> Vec<Covered> {
        self.proved.about.plan.covers.clone()
    }

    /// The parameters or fields that the signature covers, for schemes that sign some of them.
    #[must_use]
    pub fn fields(&self) -> &[SignedField] {
        &self.proved.fields
    }

    /// The key under which a second copy of this message is known, 64 hex digits; `None` for a static token, which
    /// identifies no message, and where the same bytes may mean something new, see [the scheme's weakness](super::SchemeInfo::weakness).
    ///
    /// SHA-256 over purpose, scheme and message: the signed id and the first key of the ring as it is configured, or else the MAC under that
    /// key, be it valid or not, with the topic where one sender signs the same bytes for two events (Shopify, WooCommerce). It does not depend on the key that matched, since a message may carry signatures of several; so two senders
    /// that choose their ids need a verifier each. Another first key gives other replay keys: add the new key behind the old one for as long
    /// as replay keys are kept.
    #[must_use]
    pub fn replay_key(&self) -> Option<String> {
        let About { plan, sender, .. } = &*self.proved.about;
        let row = plan.row();
        let id = row.id.as_bytes();
        let message: &[&[u8]] = match &self.proved.known_by {
            KnownBy::Id(own) if row.digest != Digest::Token => &[id, b"id", own, sender],
            KnownBy::Proof(Proof::Message(tag)) => &[id, b"mac", tag],
            _ => return None,
        };
        let key = mac::sha256_of(b"countermark webhook", message);
        Some(base16ct::lower::encode_string(&key))
    }

    /// Until when the replay key must be kept, Unix milliseconds; `None` when no time was checked, or the signed time may change places
    /// with another text (`wechat-server`), so that the same message would be accepted again.
    #[must_use]
    pub fn replay_until_ms(&self) -> Option<i64> {
        self.proved.replay_until_ms
    }
}

impl<B> fmt::Debug for VerifiedWebhook<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedWebhook")
            .field("scheme", &self.proved.about.plan.row().id)
            .field("key_id", &self.key_id())
            .field("timestamp_ms", &self.proved.timestamp_ms)
            .finish_non_exhaustive()
    }
}
