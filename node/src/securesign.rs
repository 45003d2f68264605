//! The SecureSign authentication API.

use crate::{
    calls::{Abort, Aborted, AfterAbort, Calls},
    error::{OrThrow, invalid},
    http::{LoginStep, failure_kind, failure_phase},
    value::{Bytes, Count, Made, Time, number, whole},
};
use countermark::{
    Secret, SecureSign,
    facade::{self, SecureSignEnvironment, SecureSignHash, SecureSignPlatform},
};
use napi::{Env, bindgen_prelude::Uint8Array};
use napi_derive::napi;

#[napi(object, object_to_js = false)]
pub struct SecureSignConfig {
    pub base_url: Option<String>,
    pub environment: String,
    pub tenant_id: String,
    pub callback_hosts: Option<Vec<String>>,
    pub clock_skew_s: Option<Count>,
}

fn environment(name: &str) -> napi::Result<SecureSignEnvironment> {
    SecureSignEnvironment::from_name(name).ok_or_else(|| invalid("environment"))
}

fn hash(name: &str) -> napi::Result<SecureSignHash> {
    SecureSignHash::from_name(name).ok_or_else(|| invalid("algorithm"))
}

#[napi(object, object_to_js = false)]
pub struct SecureSignRequest {
    pub request_id: String,
    pub hash: Bytes,
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
    pub hash: Bytes,
    pub algorithm: String,
    pub expires_at_ms: Time,
}

#[napi(object, object_from_js = false)]
pub struct SecureSignOpened {
    pub session: SecureSignSession,
    pub pending: SecureSignPending,
}

#[napi]
pub struct SecureSignHint(facade::SecureSignHint);

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

/// The client with its transport.
#[napi]
pub struct SecureSignClient(SecureSign);

#[napi]
impl SecureSignClient {
    #[napi(constructor, catch_unwind)]
    pub fn new(config: SecureSignConfig, api_key: Bytes) -> napi::Result<Self> {
        let config = facade::SecureSignConfig {
            environment: environment(&config.environment)?,
            base_url: config.base_url,
            tenant_id: config.tenant_id,
            callback_hosts: config.callback_hosts.unwrap_or_default(),
            clock_skew_s: whole(config.clock_skew_s),
        };
        facade::SecureSignClient::new(config, Secret::new(api_key.0))
            .and_then(SecureSign::new)
            .or_throw()
            .map(Self)
    }

    #[napi(strict, catch_unwind)]
    pub fn validate(
        &self,
        env: Env,
        calls: &Calls,
        abort: Option<&Abort>,
        origin: String,
        platform: String,
    ) -> napi::Result<Made> {
        let (client, platform) = (self.0.clone(), self::platform(&platform)?);
        calls.start(&env, Aborted::by(abort), AfterAbort::Stop, async move {
            let validation = client.validate(&origin, platform).await;
            validation.map(SecureSignValidation::from)
        })
    }

    #[napi(strict, catch_unwind)]
    pub fn session(
        &self,
        env: Env,
        calls: &Calls,
        abort: Option<&Abort>,
        request: SecureSignRequest,
    ) -> napi::Result<Made> {
        let (client, request) = (self.0.clone(), request.try_into()?);
        calls.start(&env, Aborted::by(abort), AfterAbort::Stop, async move {
            let (session, pending) = client.session(&request).await?;
            Ok(SecureSignOpened {
                session: session.into(),
                pending: pending.into(),
            })
        })
    }

    /// The step machine of `validate`, for programs that bring their own transport.
    #[napi(catch_unwind)]
    pub fn validate_call(
        &self,
        origin: String,
        platform: String,
    ) -> napi::Result<SecureSignValidateCall> {
        self.0
            .client()
            .validate(&origin, self::platform(&platform)?)
            .or_throw()
            .map(SecureSignValidateCall)
    }

    /// The step machine of `session`, for programs that bring their own transport.
    #[napi(catch_unwind)]
    pub fn session_call(&self, request: SecureSignRequest) -> napi::Result<SecureSignSessionCall> {
        self.0
            .client()
            .session(&request.try_into()?)
            .or_throw()
            .map(SecureSignSessionCall)
    }

    #[napi(catch_unwind)]
    pub fn deep_link(
        &self,
        request: SecureSignRequest,
        with_api_key: Option<bool>,
    ) -> napi::Result<String> {
        self.0
            .client()
            .deep_link(&request.try_into()?, with_api_key == Some(true))
            .or_throw()
    }

    #[napi(strict, catch_unwind)]
    pub fn complete(
        &self,
        hint: &SecureSignHint,
        pending: SecureSignKept,
        certificate_der: Bytes,
        now_ms: Time,
    ) -> napi::Result<SecureSignResult> {
        let pending = facade::SecureSignPending {
            algorithm: hash(&pending.algorithm)?,
            request_id: pending.request_id,
            hash: pending.hash.0,
            expires_at_ms: pending.expires_at_ms.0,
        };
        let result = self
            .0
            .client()
            .complete(&hint.0, &pending, &certificate_der.0, now_ms.0)
            .or_throw()?;
        let once = result.once_key();
        Ok(SecureSignResult {
            request_id: result.request_id().to_owned(),
            signature: result.signature().to_vec().into(),
            certificate_serial: result.certificate_serial().to_owned(),
            once_key: once.key,
            once_ttl_s: once.ttl_s,
        })
    }
}

fn platform(name: &str) -> napi::Result<SecureSignPlatform> {
    SecureSignPlatform::from_name(name).ok_or_else(|| invalid("platform"))
}

macro_rules! call {
    ($($name:ident),*) => {$(
        #[napi]
        pub struct $name(facade::$name);

        #[napi]
        impl $name {
            #[napi(catch_unwind)]
            pub fn poll(&mut self, now_ms: Time) -> LoginStep {
                self.0.poll(now_ms.0).into()
            }

            #[napi(catch_unwind)]
            pub fn on_response(&mut self, status: Count, body: Bytes, now_ms: Time) -> napi::Result<()> {
                self.0.on_response(status.0, &body.0, now_ms.0).or_throw()
            }

            #[napi(catch_unwind)]
            pub fn on_transport_error(&mut self, kind: String, phase: String, now_ms: Time) -> napi::Result<()> {
                self.0.on_transport_error(failure_kind(&kind)?, failure_phase(&phase)?, now_ms.0).or_throw()
            }
        }
    )*};
}

call!(SecureSignValidateCall, SecureSignSessionCall);

#[napi]
impl SecureSignValidateCall {
    #[napi(catch_unwind)]
    pub fn validation(&self) -> napi::Result<SecureSignValidation> {
        self.0.validation().or_throw().map(Into::into)
    }
}

#[napi]
impl SecureSignSessionCall {
    #[napi(catch_unwind)]
    pub fn session(&self) -> napi::Result<SecureSignSession> {
        self.0.session().or_throw().map(Into::into)
    }

    #[napi(catch_unwind)]
    pub fn pending(&self) -> napi::Result<SecureSignPending> {
        self.0.pending().or_throw().map(Into::into)
    }
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
    idle_ms: Option<Count>,
    now_ms: Time,
) -> bool {
    facade::securesign_pin_session_is_open(last_use_ms.0, whole(idle_ms), now_ms.0)
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
