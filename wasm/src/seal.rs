//! Sealed sessions.

use crate::{
    error::{OrThrow, Result},
    login::AuthSession,
    value::{Fields, bytes, list, octets, text, whole},
};
use countermark::{Secret, facade};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
pub struct Sealer(facade::Sealer);

#[wasm_bindgen]
impl Sealer {
    #[wasm_bindgen(constructor)]
    pub fn new(keys: JsValue, service_name: JsValue, service_address: JsValue) -> Result<Self> {
        let keys = list(&keys, |key| {
            let fields = Fields(key);
            Ok(facade::SealKey {
                id: fields.required("id", text)?,
                secret: Secret::new(fields.required("secret", octets)?),
                not_before_ms: fields.get("notBeforeMs", whole)?,
                not_after_ms: fields.get("notAfterMs", whole)?,
            })
        })?;
        facade::Sealer::new(keys, &text(&service_name)?, &text(&service_address)?)
            .or_throw()
            .map(Self)
    }

    pub fn seal(
        &self,
        session: &AuthSession,
        binding: JsValue,
        now_ms: JsValue,
        entropy: JsValue,
    ) -> Result<String> {
        self.0
            .seal(
                &session.0,
                &bytes(&binding)?,
                whole(&now_ms)?,
                &octets(&entropy)?,
            )
            .or_throw()
    }

    pub fn open(&self, token: JsValue, binding: JsValue, now_ms: JsValue) -> Result<AuthSession> {
        self.0
            .open(&text(&token)?, &bytes(&binding)?, whole(&now_ms)?)
            .or_throw()
            .map(AuthSession)
    }
}
