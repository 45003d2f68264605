//! The configured client, and the pure functions beside it.

use super::{
    SecureSignConfig, SecureSignEnvironment, SecureSignHint, SecureSignPending, SecureSignPlatform,
    SecureSignRequest, SecureSignResult, SecureSignSessionCall, SecureSignValidateCall,
};
use crate::{
    error::{Error, ErrorCode, Result},
    facade::{Header, HttpRequest},
    limits::{SECURESIGN_PIN_IDLE_MS, SECURESIGN_SKEW_MAX_S},
    secret::Secret,
    securesign::{address, api_key, callback, deep_link, reply, schedule},
};
use alloc::{format, string::String, sync::Arc, vec};
use core::fmt;

/// The vendor's API (page `docs/api/authentication`).
pub const SECURESIGN_BASE_URL: &str = "https://api.securesign.toolsbots.com/v1";

/// A checked configuration with its API key. Immutable; may be shared between threads and used for any number of calls.
///
/// There is no parameter for a PIN anywhere, and replies and callbacks that hold one are refused: the PIN of a token
/// never leaves the vendor's product.
#[derive(Clone)]
pub struct SecureSignClient {
    base_url: String,
    config: SecureSignConfig,
    /// Shared by the calls, so that there is one copy to wipe.
    api_key: Arc<Secret>,
}

impl SecureSignClient {
    /// Checks a configuration and its key.
    ///
    /// # Errors
    /// `INVALID_SECRET` for a key that is not of the vendor's form or not safe in a header; `WRONG_ENVIRONMENT` for a test key in
    /// production or a live key in test; `INVALID_URL`; `INVALID_CONFIG` with the name of the setting.
    pub fn new(config: SecureSignConfig, api_key: Secret) -> Result<Self> {
        api_key::check(&api_key, config.environment)?;
        let invalid = |setting| Err(Error::with_detail(ErrorCode::InvalidConfig, setting));
        let base_url =
            address::base_url(config.base_url.as_deref().unwrap_or(SECURESIGN_BASE_URL))?;
        if !reply::is_id(&config.tenant_id) {
            return invalid("tenant_id");
        }
        if !config
            .callback_hosts
            .iter()
            .all(|host| address::is_host(host))
        {
            return invalid("callback_hosts");
        }
        if config.clock_skew_s.unwrap_or(0) > SECURESIGN_SKEW_MAX_S {
            return invalid("clock_skew_s");
        }
        Ok(Self {
            base_url,
            config,
            api_key: Arc::new(api_key),
        })
    }

    /// Asks whether key, tenant and origin are good. `origin` is what the visitor's browser sends as `Origin`.
    ///
    /// # Errors
    /// `INVALID_ORIGIN`; nothing is sent then.
    pub fn validate(
        &self,
        origin: &str,
        platform: SecureSignPlatform,
    ) -> Result<SecureSignValidateCall> {
        let origin = address::origin(origin, self.config.environment)?;
        Ok(SecureSignValidateCall::new(self.clone(), origin, platform))
    }

    /// Opens a signing session. [`SecureSignSessionCall::pending`] is what to keep until the callback comes.
    ///
    /// # Errors
    /// `INVALID_INPUT` with the name of the field; nothing is sent then.
    pub fn session(&self, request: &SecureSignRequest) -> Result<SecureSignSessionCall> {
        self.check(request)?;
        Ok(SecureSignSessionCall::new(self.clone(), request.clone()))
    }

    /// Builds a deep link without the server. `with_api_key` puts the key in, as the vendor's page has it; a live key never.
    ///
    /// # Errors
    /// `INVALID_INPUT` with the name of the field; `SECRET_IN_DEEP_LINK` for a live key.
    pub fn deep_link(&self, request: &SecureSignRequest, with_api_key: bool) -> Result<String> {
        self.check(request)?;
        deep_link::build(
            request,
            if with_api_key {
                Some(self.key()?)
            } else {
                None
            },
        )
    }

    /// Checks a callback against the request that was stored under its id, with the certificate of the signer in DER.
    ///
    /// Whoever hands the certificate in vouches for it: its chain and revocation are not checked here, its time of validity
    /// and its key are: RSA of 2048 to 8192 bits, signing by PKCS#1 v1.5, or P-256. If the store has nothing under the id, answer `UNKNOWN_REQUEST`. Add
    /// [`SecureSignResult::once_key`] to the store before acting on the result.
    ///
    /// # Errors
    /// `UNKNOWN_REQUEST` for another id; `SESSION_EXPIRED`; `UNVERIFIED` without a signature of this certificate over the stored
    /// digest; what the callback claims if it claims an error, which is as unproven as the rest; `INVALID_INPUT`
    /// for a stored digest of another length, and for what is no certificate; `UNSUPPORTED` for one with another key, such as P-384, P-521
    /// or RSASSA-PSS.
    pub fn complete(
        &self,
        hint: &SecureSignHint,
        pending: &SecureSignPending,
        certificate_der: &[u8],
        now_ms: i64,
    ) -> Result<SecureSignResult> {
        callback::complete(hint, pending, certificate_der, self.skew_ms(), now_ms)
    }

    pub(super) fn expected(&self) -> reply::Expected<'_> {
        reply::Expected {
            tenant_id: &self.config.tenant_id,
            api_key: self.known_key(),
            skew_ms: self.skew_ms(),
        }
    }

    fn check(&self, request: &SecureSignRequest) -> Result<()> {
        let invalid = |field| Err(Error::with_detail(ErrorCode::InvalidInput, field));
        if !callback::is_request_id(&request.request_id) {
            return invalid("request_id");
        }
        if request.hash.len() != request.algorithm.digest_bytes() as usize {
            return invalid("hash: its length is not that of the algorithm");
        }
        address::callback_url(
            &request.callback_url,
            &self.config.callback_hosts,
            self.config.environment,
        )
    }

    /// One header with the key, never both of those that the vendor allows.
    pub(super) fn post(&self, path: &str, body: String) -> HttpRequest {
        let header = |name: &str, value| Header {
            name: String::from(name),
            value,
        };
        let headers = vec![
            header("Authorization", format!("Bearer {}", self.known_key())),
            header("Content-Type", String::from("application/json")),
            header("Accept", String::from("application/json")),
        ];
        HttpRequest::post(
            format!("{}{path}", self.base_url),
            headers,
            body.into_bytes(),
        )
    }

    fn key(&self) -> Result<&str> {
        api_key::check(&self.api_key, self.config.environment)
    }

    /// The key, which was checked when the client was made.
    fn known_key(&self) -> &str {
        self.key().unwrap_or_default()
    }

    fn skew_ms(&self) -> i64 {
        i64::from(self.config.clock_skew_s.unwrap_or(0)) * 1000
    }
}

impl fmt::Debug for SecureSignClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecureSignClient")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// Reads the `ss_result` of a callback's raw query string (without `?`).
///
/// # Errors
/// `MISSING_PARAMETER`, `DUPLICATE_FIELD`, `INVALID_ENCODING`, `MALFORMED_BODY`, `MISSING_FIELD`, `INVALID_FIELD` (also for a
/// `pin`, which must never travel) and `TOO_LARGE`.
pub fn read_securesign_callback(query: &str) -> Result<SecureSignHint> {
    callback::read(query)
}

/// An origin in the exact form of a browser's `Origin` header: lower case, default port dropped. Compare it byte by byte.
///
/// # Errors
/// `INVALID_ORIGIN` for `null`, `*`, a path, a final slash, user or query, a host beyond ASCII, and for `http` other than
/// `http://localhost` in the sandbox.
pub fn securesign_origin(text: &str, environment: SecureSignEnvironment) -> Result<String> {
    address::origin(text, environment)
}

/// Milliseconds to wait so that no minute holds more than `rpm` calls, given the times of earlier calls; 0 for none.
#[must_use]
pub fn securesign_rate_limit_wait_ms(calls_ms: &[i64], rpm: u32, now_ms: i64) -> i64 {
    schedule::rate_limit_wait_ms(calls_ms, rpm, now_ms)
}

/// Whether a PIN session still holds: less than `idle_ms` since its last use. Absent: the product's 15 minutes.
#[must_use]
pub fn securesign_pin_session_is_open(last_use_ms: i64, idle_ms: Option<u32>, now_ms: i64) -> bool {
    schedule::pin_session_is_open(
        last_use_ms,
        idle_ms.unwrap_or(SECURESIGN_PIN_IDLE_MS),
        now_ms,
    )
}
