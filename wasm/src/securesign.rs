//! The SecureSign authentication API.

use crate::{
    error::{OrThrow, Result, invalid, unknown},
    http::{failure_kind, failure_phase, step},
    value::{
        Fields, bytes, flag, list, made, number, object, octets, optional, setting, some, text,
        whole,
    },
};
use countermark::{
    Secret,
    facade::{self, SecureSignEnvironment, SecureSignHash, SecureSignPlatform},
};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

fn environment(name: &JsValue) -> Result<SecureSignEnvironment> {
    SecureSignEnvironment::from_name(&text(name)?).ok_or_else(|| unknown("environment"))
}

fn hash(name: &JsValue) -> Result<SecureSignHash> {
    SecureSignHash::from_name(&text(name)?).ok_or_else(|| invalid("algorithm"))
}

fn platform(name: &JsValue) -> Result<SecureSignPlatform> {
    SecureSignPlatform::from_name(&text(name)?).ok_or_else(|| invalid("platform"))
}

fn request(given: &JsValue) -> Result<facade::SecureSignRequest> {
    let fields = Fields(given);
    Ok(facade::SecureSignRequest {
        request_id: fields.required("requestId", text)?,
        hash: fields.required("hash", octets)?,
        algorithm: fields.required("algorithm", hash)?,
        callback_url: fields.required("callbackUrl", text)?,
    })
}

/// A pending request as the caller kept it.
fn kept(given: &JsValue) -> Result<facade::SecureSignPending> {
    let fields = Fields(given);
    Ok(facade::SecureSignPending {
        request_id: fields.required("requestId", text)?,
        hash: fields.required("hash", octets)?,
        algorithm: fields.required("algorithm", hash)?,
        expires_at_ms: fields.required("expiresAtMs", whole)?,
    })
}

#[wasm_bindgen]
pub struct SecureSignHint(facade::SecureSignHint);

#[wasm_bindgen]
impl SecureSignHint {
    #[wasm_bindgen(getter, js_name = requestId)]
    pub fn request_id(&self) -> String {
        self.0.request_id.clone()
    }

    #[wasm_bindgen(getter, js_name = claimsSuccess)]
    pub fn claims_success(&self) -> bool {
        self.0.claims_success
    }

    #[wasm_bindgen(getter)]
    pub fn code(&self) -> JsValue {
        let code = self.0.code.map(facade::SecureSignCode::name);
        code.map_or(JsValue::NULL, Into::into)
    }

    #[wasm_bindgen(getter)]
    pub fn signature(&self) -> JsValue {
        let signature = self.0.signature.as_deref();
        signature.map_or(JsValue::NULL, made)
    }

    #[wasm_bindgen(getter, js_name = signedAtMs)]
    pub fn signed_at_ms(&self) -> JsValue {
        let signed_at_ms = self.0.signed_at_ms.map(number);
        signed_at_ms.map_or(JsValue::NULL, Into::into)
    }
}

#[wasm_bindgen]
pub struct SecureSignClient(facade::SecureSignClient);

#[wasm_bindgen]
impl SecureSignClient {
    #[wasm_bindgen(constructor)]
    pub fn new(config: JsValue, api_key: JsValue) -> Result<Self> {
        let fields = Fields(&config);
        let config = facade::SecureSignConfig {
            environment: fields.required("environment", environment)?,
            base_url: fields.get("baseUrl", text)?,
            tenant_id: fields.required("tenantId", text)?,
            callback_hosts: fields
                .get("callbackHosts", |hosts| list(hosts, text))?
                .unwrap_or_default(),
            clock_skew_s: fields.get("clockSkewS", setting("clock_skew_s"))?,
        };
        facade::SecureSignClient::new(config, Secret::new(bytes(&api_key)?))
            .or_throw()
            .map(Self)
    }

    #[wasm_bindgen(js_name = validateCall)]
    pub fn validate_call(
        &self,
        origin: JsValue,
        platform: JsValue,
    ) -> Result<SecureSignValidateCall> {
        self.0
            .validate(&text(&origin)?, self::platform(&platform)?)
            .or_throw()
            .map(SecureSignValidateCall)
    }

    #[wasm_bindgen(js_name = sessionCall)]
    pub fn session_call(&self, request: JsValue) -> Result<SecureSignSessionCall> {
        self.0
            .session(&self::request(&request)?)
            .or_throw()
            .map(SecureSignSessionCall)
    }

    #[wasm_bindgen(js_name = deepLink)]
    pub fn deep_link(&self, request: JsValue, with_api_key: JsValue) -> Result<String> {
        let with_api_key = optional(&with_api_key, flag)? == Some(true);
        self.0
            .deep_link(&self::request(&request)?, with_api_key)
            .or_throw()
    }

    pub fn complete(
        &self,
        hint: &SecureSignHint,
        pending: JsValue,
        certificate_der: JsValue,
        now_ms: JsValue,
    ) -> Result<JsValue> {
        let pending = kept(&pending)?;
        let result = self
            .0
            .complete(
                &hint.0,
                &pending,
                &octets(&certificate_der)?,
                whole(&now_ms)?,
            )
            .or_throw()?;
        let once = result.once_key();
        Ok(object([
            ("requestId", some(result.request_id())),
            ("signature", some(made(result.signature()))),
            ("certificateSerial", some(result.certificate_serial())),
            ("onceKey", some(once.key)),
            ("onceTtlS", some(once.ttl_s)),
        ]))
    }
}

macro_rules! call {
    ($($name:ident),*) => {$(
        #[wasm_bindgen]
        pub struct $name(facade::$name);

        #[wasm_bindgen]
        impl $name {
            pub fn poll(&mut self, now_ms: JsValue) -> Result<JsValue> {
                Ok(step(self.0.poll(whole(&now_ms)?)))
            }

            #[wasm_bindgen(js_name = onResponse)]
            pub fn on_response(&mut self, status: JsValue, body: JsValue, now_ms: JsValue) -> Result<()> {
                self.0.on_response(whole(&status)?, &bytes(&body)?, whole(&now_ms)?).or_throw()
            }

            #[wasm_bindgen(js_name = onTransportError)]
            pub fn on_transport_error(&mut self, kind: JsValue, phase: JsValue, now_ms: JsValue) -> Result<()> {
                self.0.on_transport_error(failure_kind(&kind)?, failure_phase(&phase)?, whole(&now_ms)?).or_throw()
            }
        }
    )*};
}

call!(SecureSignValidateCall, SecureSignSessionCall);

#[wasm_bindgen]
impl SecureSignValidateCall {
    pub fn validation(&self) -> Result<JsValue> {
        let validation = self.0.validation().or_throw()?;
        Ok(object([
            ("tenantId", some(validation.tenant_id)),
            ("rpm", validation.rpm.map(Into::into)),
        ]))
    }
}

#[wasm_bindgen]
impl SecureSignSessionCall {
    pub fn session(&self) -> Result<JsValue> {
        let session = self.0.session().or_throw()?;
        Ok(object([
            ("sessionId", some(session.session_id)),
            ("expiresAtMs", some(number(session.expires_at_ms))),
            ("deepLink", some(session.deep_link)),
        ]))
    }

    pub fn pending(&self) -> Result<JsValue> {
        let pending = self.0.pending().or_throw()?;
        Ok(object([
            ("requestId", some(pending.request_id)),
            ("hash", some(made(&pending.hash))),
            ("algorithm", some(pending.algorithm.name())),
            ("expiresAtMs", some(number(pending.expires_at_ms))),
        ]))
    }
}

#[wasm_bindgen(js_name = readSecuresignCallback)]
pub fn read_securesign_callback(query: JsValue) -> Result<SecureSignHint> {
    facade::read_securesign_callback(&text(&query)?)
        .or_throw()
        .map(SecureSignHint)
}

#[wasm_bindgen(js_name = securesignOrigin)]
pub fn securesign_origin(origin: JsValue, environment: JsValue) -> Result<String> {
    facade::securesign_origin(&text(&origin)?, self::environment(&environment)?).or_throw()
}

#[wasm_bindgen(js_name = securesignRateLimitWaitMs)]
pub fn securesign_rate_limit_wait_ms(
    calls_ms: JsValue,
    rpm: JsValue,
    now_ms: JsValue,
) -> Result<f64> {
    let calls_ms: Vec<i64> = list(&calls_ms, whole)?;
    Ok(number(facade::securesign_rate_limit_wait_ms(
        &calls_ms,
        whole(&rpm)?,
        whole(&now_ms)?,
    )))
}

#[wasm_bindgen(js_name = securesignPinSessionIsOpen)]
pub fn securesign_pin_session_is_open(
    last_use_ms: JsValue,
    idle_ms: JsValue,
    now_ms: JsValue,
) -> Result<bool> {
    Ok(facade::securesign_pin_session_is_open(
        whole(&last_use_ms)?,
        optional(&idle_ms, setting("idle_ms"))?,
        whole(&now_ms)?,
    ))
}

#[wasm_bindgen(js_name = securesignCode)]
pub fn securesign_code(code: JsValue) -> Result<JsValue> {
    let code = facade::SecureSignCode::from_text(&text(&code)?);
    Ok(object([
        ("code", some(code.name())),
        ("retry", some(code.retry().name())),
    ]))
}

#[wasm_bindgen(js_name = securesignPinStatus)]
pub fn securesign_pin_status(status: JsValue) -> Result<JsValue> {
    let status = facade::PinStatus::from_text(&text(&status)?);
    Ok(object([
        ("status", some(status.name())),
        ("permitsSigning", some(status.permits_signing())),
    ]))
}
