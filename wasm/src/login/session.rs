//! An AuthSession and its access pass.

use crate::{
    error::{OrThrow, Result, invalid},
    value::{made, number, object, octets, some, text},
};
use countermark::facade;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Comes from a login or a sealed token only.
#[wasm_bindgen]
pub struct AuthSession(pub(crate) facade::AuthSession);

#[wasm_bindgen]
impl AuthSession {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Self> {
        Err(invalid("AuthSession has no constructor"))
    }

    #[wasm_bindgen(getter, js_name = secsignId)]
    pub fn secsign_id(&self) -> String {
        self.0.secsign_id().to_owned()
    }

    #[wasm_bindgen(getter, js_name = authSessionId)]
    pub fn auth_session_id(&self) -> String {
        self.0.auth_session_id().to_owned()
    }

    #[wasm_bindgen(getter, js_name = serviceName)]
    pub fn service_name(&self) -> String {
        self.0.service_name().to_owned()
    }

    #[wasm_bindgen(getter, js_name = serviceAddress)]
    pub fn service_address(&self) -> String {
        self.0.service_address().to_owned()
    }

    #[wasm_bindgen(getter, js_name = createdAtMs)]
    pub fn created_at_ms(&self) -> f64 {
        number(self.0.created_at_ms())
    }
}

pub(super) fn challenge(challenge: facade::Challenge) -> JsValue {
    object([
        ("session", some(AuthSession(challenge.session))),
        ("accessPass", challenge.access_pass.map(access_pass)),
    ])
}

fn access_pass(pass: facade::AccessPass) -> JsValue {
    object([
        ("png", some(made(pass.png()))),
        ("width", some(pass.width())),
        ("height", some(pass.height())),
        ("dataUri", some(pass.data_uri())),
    ])
}

#[wasm_bindgen(js_name = accessPassFromPng)]
pub fn access_pass_from_png(png: JsValue) -> Result<JsValue> {
    facade::AccessPass::from_png(octets(&png)?)
        .or_throw()
        .map(access_pass)
}

#[wasm_bindgen(js_name = accessPassFromBase64)]
pub fn access_pass_from_base64(base64: JsValue) -> Result<JsValue> {
    facade::AccessPass::from_base64(&text(&base64)?)
        .or_throw()
        .map(access_pass)
}
