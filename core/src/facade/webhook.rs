//! Webhooks: verify and sign.

use super::Header;
use crate::{
    error::{Error, ErrorCode, Result},
    limits::WEBHOOK_BODY_MAX,
    secret::Secret,
    verify::{
        keys::{Key, KeyRing},
        mac,
        webhook::{
            engine::{self, Proof, Request},
            key::{self, Prepared},
            plan::Plan,
            row::{Row, TimeAt, names},
            schemes, sign,
            signature::Kinds,
        },
        window,
    },
};
use alloc::{borrow::ToOwned, string::String, sync::Arc, vec::Vec};
use core::fmt;

pub use crate::verify::webhook::{
    custom::SignedField,
    header::WebhookHeader,
    plan::Covered,
    row::{Digest, KeyEncoding, PairText, Repeats, SignatureEncoding, TimeUnit, UrlForm},
    spec::{HashKind, SchemeSpec},
};

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

/// A received request, without its body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookRequest {
    /// The method; needed by few schemes.
    pub method: Option<String>,
    /// The URL as the sender called it, which behind a proxy is not the one that the server sees; needed by few.
    pub url: Option<String>,
    /// The query as received, without `?`. Without it, that of the URL.
    pub query: Option<String>,
    /// All headers in the order of arrival.
    pub headers: Vec<WebhookHeader>,
}

impl WebhookRequest {
    fn with_body<'a>(&'a self, body: &'a [u8]) -> Request<'a> {
        Request {
            method: self.method.as_deref(),
            url: self.url.as_deref(),
            query: self.query.as_deref(),
            headers: &self.headers,
            body,
        }
    }
}

/// Verifies webhooks of one scheme. Immutable; may be shared between threads.
pub struct WebhookVerifier {
    plan: Arc<Plan>,
    ring: KeyRing<Prepared>,
    unusable: Vec<String>,
    kinds: Kinds,
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
        let plan = plan(&config.scheme, config.spec)?;
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
        if engine::covers_body(&self.plan) {
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
        let (key, proof) = self
            .ring
            .valid_at(now_ms)
            .find_map(|key| Some((key, engine::prove(&opened, &key.material)?)))
            .ok_or(Error::new(ErrorCode::SignatureMismatch))?;
        let timestamp_ms = engine::after_proof(&opened)?;
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
    /// SHA-256 over purpose, scheme, key and message: the signed id, or else the canonical MAC.
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
        let parts = [row.id.as_bytes(), self.key_id.as_bytes(), kind, message];
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

/// Signs webhooks of one scheme. Immutable; may be shared between threads.
#[derive(Debug)]
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
        Self::of(plan(scheme, None)?, &keys)
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
        request: &WebhookRequest,
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

/// What to send. What is `None` stays as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedWebhook {
    /// Headers to add.
    pub headers: Vec<Header>,
    /// The URL with the signature in its path.
    pub url: Option<String>,
    /// The query with time and signature, without `?`.
    pub query: Option<String>,
    /// The body with the signature in it.
    pub body: Option<Vec<u8>>,
}

/// What the table says about a scheme, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeInfo {
    /// The id.
    pub id: String,
    /// The name for people.
    pub title: String,
    /// Where the facts come from.
    pub source: String,
    /// A weakness of the scheme that no verifier can mend; may be empty.
    pub weakness: String,
    /// The headers with signatures.
    pub signature_headers: Vec<String>,
    /// The signed bytes as a template.
    pub signed: String,
    /// What the signature covers.
    pub covers: Vec<Covered>,
    /// What the signature is.
    pub digest: Digest,
    /// How keys are written.
    pub key: KeyEncoding,
    /// Oldest accepted time in seconds; `None` for a scheme without signed time.
    pub max_age_s: Option<u32>,
    /// Newest accepted time in seconds ahead of the clock; `None` for a scheme without signed time.
    pub max_future_s: Option<u32>,
}

/// Every scheme of the table.
#[must_use]
pub fn list_schemes() -> Vec<SchemeInfo> {
    schemes::all()
        .filter_map(|row| Some(scheme_info(row, &Plan::of_table(row.id).ok()?)))
        .collect()
}

fn scheme_info(row: &Row<'_>, plan: &Plan) -> SchemeInfo {
    let timed = row.time != TimeAt::None;
    SchemeInfo {
        id: row.id.to_owned(),
        title: row.title.to_owned(),
        source: row.source.to_owned(),
        weakness: row.weakness.to_owned(),
        signature_headers: names(row.headers.signature)
            .map(ToOwned::to_owned)
            .collect(),
        signed: row.signed.to_owned(),
        covers: plan.covers.clone(),
        digest: row.digest,
        key: row.key,
        max_age_s: timed.then_some(row.max_age_s),
        max_future_s: timed.then_some(row.max_future_s),
    }
}

fn plan(scheme: &str, spec: Option<SchemeSpec>) -> Result<Plan> {
    match spec {
        Some(spec) if scheme.is_empty() => Plan::of_spec(spec),
        Some(_) => Err(Error::with_detail(
            ErrorCode::InvalidConfig,
            "a scheme id and a scheme of your own",
        )),
        None => Plan::of_table(scheme),
    }
}
