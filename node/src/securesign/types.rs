//! The values that go into SecureSign calls and come out of them, and the pure functions beside them.

use crate::{
    error::{OrThrow, invalid, unknown},
    value::{Count, Octets, Span, Time, number, setting},
};
use countermark::facade::{self, SecureSignEnvironment, SecureSignHash};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

pub(super) fn environment(name: &str) -> napi::Result<SecureSignEnvironment> {
    SecureSignEnvironment::from_name(name).ok_or_else(|| unknown("environment"))
}

pub(super) fn hash(name: &str) -> napi::Result<SecureSignHash> {
    SecureSignHash::from_name(name).ok_or_else(|| invalid("algorithm"))
}

#[napi(object, object_to_js = false)]
pub struct SecureSignRequest {
    pub request_id: String,
    pub hash: Octets,
    pub algorithm: String,
    pub callback_url: String,
}

impl TryFrom<SecureSignRequest> for facade::SecureSignRequest {
    type Error = napi::Error;

    fn try_from(request: SecureSignRequest) -> napi::Result<Self> {
        Ok(Self {
            algorithm: hash(&request.algorithm)?,
            request_id: request.request_id,
            hash: request.hash.0,
            callback_url: request.callback_url,
        })
    }
}

#[napi(object, object_from_js = false)]
pub struct SecureSignValidation {
    pub tenant_id: String,
    pub rpm: Option<u32>,
}

impl From<facade::SecureSignValidation> for SecureSignValidation {
    fn from(validation: facade::SecureSignValidation) -> Self {
        Self {
            tenant_id: validation.tenant_id,
            rpm: validation.rpm,
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct SecureSignSession {
    pub session_id: String,
    pub expires_at_ms: f64,
    pub deep_link: String,
}

impl From<facade::SecureSignSession> for SecureSignSession {
    fn from(session: facade::SecureSignSession) -> Self {
        Self {
            session_id: session.session_id,
            expires_at_ms: number(session.expires_at_ms),
            deep_link: session.deep_link,
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct SecureSignPending {
    pub request_id: String,
    pub hash: Uint8Array,
    pub algorithm: &'static str,
    pub expires_at_ms: f64,
}

impl From<facade::SecureSignPending> for SecureSignPending {
    fn from(pending: facade::SecureSignPending) -> Self {
        Self {
            request_id: pending.request_id,
            hash: pending.hash.into(),
            algorithm: pending.algorithm.name(),
            expires_at_ms: number(pending.expires_at_ms),
        }
    }
}

/// A pending request as the caller kept it.
#[napi(object, object_to_js = false)]
pub struct SecureSignKept {
    pub request_id: String,
    pub hash: Octets,
    pub algorithm: String,
    pub expires_at_ms: Time,
}

#[napi(object, object_from_js = false)]
pub struct SecureSignOpened {
    pub session: SecureSignSession,
    pub pending: SecureSignPending,
}

#[napi]
pub struct SecureSignHint(pub(super) facade::SecureSignHint);

#[napi]
impl SecureSignHint {
    #[napi(getter, catch_unwind)]
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    #[napi(getter, catch_unwind)]
    pub fn claims_success(&self) -> bool {
        self.0.claims_success
    }

    #[napi(getter, catch_unwind)]
    pub fn code(&self) -> Option<&'static str> {
        self.0.code.map(facade::SecureSignCode::name)
    }

    #[napi(getter, catch_unwind)]
    pub fn signature(&self) -> Option<Uint8Array> {
        self.0.signature.clone().map(Into::into)
    }

    #[napi(getter, catch_unwind)]
    pub fn signed_at_ms(&self) -> Option<f64> {
        self.0.signed_at_ms.map(number)
    }
}

#[napi(object, object_from_js = false)]
pub struct SecureSignResult {
    pub request_id: String,
    pub signature: Uint8Array,
    pub certificate_serial: String,
    pub once_key: String,
    pub once_ttl_s: u32,
}

#[napi(catch_unwind)]
pub fn read_securesign_callback(query: String) -> napi::Result<SecureSignHint> {
    facade::read_securesign_callback(&query)
        .or_throw()
        .map(SecureSignHint)
}

#[napi(catch_unwind)]
pub fn securesign_origin(text: String, environment: String) -> napi::Result<String> {
    facade::securesign_origin(&text, self::environment(&environment)?).or_throw()
}

#[napi(catch_unwind)]
pub fn securesign_rate_limit_wait_ms(calls_ms: Vec<Time>, rpm: Count, now_ms: Time) -> f64 {
    let calls_ms: Vec<i64> = calls_ms.into_iter().map(|time| time.0).collect();
    number(facade::securesign_rate_limit_wait_ms(
        &calls_ms, rpm.0, now_ms.0,
    ))
}

#[napi(catch_unwind)]
pub fn securesign_pin_session_is_open(
    last_use_ms: Time,
    idle_ms: Option<Span>,
    now_ms: Time,
) -> napi::Result<bool> {
    let idle_ms = setting(idle_ms, "idle_ms")?;
    Ok(facade::securesign_pin_session_is_open(
        last_use_ms.0,
        idle_ms,
        now_ms.0,
    ))
}

#[napi(object, object_from_js = false)]
pub struct SecureSignCodeInfo {
    pub code: &'static str,
    pub retry: &'static str,
}

#[napi(catch_unwind)]
pub fn securesign_code(text: String) -> SecureSignCodeInfo {
    let code = facade::SecureSignCode::from_text(&text);
    SecureSignCodeInfo {
        code: code.name(),
        retry: code.retry().name(),
    }
}

#[napi(object, object_from_js = false)]
pub struct PinStatusInfo {
    pub status: &'static str,
    pub permits_signing: bool,
}

#[napi(catch_unwind)]
pub fn securesign_pin_status(text: String) -> PinStatusInfo {
    let status = facade::PinStatus::from_text(&text);
    PinStatusInfo {
        status: status.name(),
        permits_signing: status.permits_signing(),
    }
}
