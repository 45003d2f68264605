//! The SecureSign authentication API.

mod call;
mod types;

use crate::{
    calls::{Abort, Aborted, AfterAbort, Calls},
    error::{OrThrow, invalid},
    value::{Bytes, Made, Octets, Span, Time, setting},
};
use call::{SecureSignSessionCall, SecureSignValidateCall};
use countermark::{
    Secret, SecureSign,
    facade::{self, SecureSignPlatform},
};
use napi::Env;
use napi_derive::napi;
use types::{
    SecureSignHint, SecureSignKept, SecureSignOpened, SecureSignRequest, SecureSignResult,
    SecureSignValidation, environment, hash,
};

#[napi(object, object_to_js = false)]
pub struct SecureSignConfig {
    pub base_url: Option<String>,
    pub environment: String,
    pub tenant_id: String,
    pub callback_hosts: Option<Vec<String>>,
    pub clock_skew_s: Option<Span>,
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
            clock_skew_s: setting(config.clock_skew_s, "clock_skew_s")?,
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
        certificate_der: Octets,
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
