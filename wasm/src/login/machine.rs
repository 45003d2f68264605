//! The step machine, which the client in `js/client.mjs` drives over `fetch`.

use super::{AuthSession, service::LoginService, session};
use crate::{
    error::{OrThrow, Result, invalid, text as error_text},
    http::{failure_kind, failure_phase, step},
    value::{bytes, object, optional, some, text, whole},
};
use countermark::{ErrorCode, facade};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
pub struct Login(facade::Login);

#[wasm_bindgen]
impl Login {
    /// One is made by what it is to do.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Self> {
        Err(invalid("Login has no constructor"))
    }

    pub fn begin(service: &LoginService, secsign_id: JsValue, now_ms: JsValue) -> Result<Self> {
        facade::Login::begin(&service.0, &text(&secsign_id)?, whole(&now_ms)?)
            .or_throw()
            .map(Self)
    }

    pub fn check(service: &LoginService, session: &AuthSession, now_ms: JsValue) -> Result<Self> {
        facade::Login::check(&service.0, &session.0, whole(&now_ms)?)
            .or_throw()
            .map(Self)
    }

    pub fn wait(
        service: &LoginService,
        session: &AuthSession,
        now_ms: JsValue,
        deadline_ms: JsValue,
    ) -> Result<Self> {
        let deadline_ms = optional(&deadline_ms, whole)?;
        facade::Login::wait(&service.0, &session.0, deadline_ms, whole(&now_ms)?)
            .or_throw()
            .map(Self)
    }

    pub fn cancel(service: &LoginService, session: &AuthSession, now_ms: JsValue) -> Result<Self> {
        facade::Login::cancel(&service.0, &session.0, whole(&now_ms)?)
            .or_throw()
            .map(Self)
    }

    pub fn release(service: &LoginService, session: &AuthSession, now_ms: JsValue) -> Result<Self> {
        facade::Login::release(&service.0, &session.0, whole(&now_ms)?)
            .or_throw()
            .map(Self)
    }

    pub fn poll(&mut self, now_ms: JsValue) -> Result<JsValue> {
        Ok(step(self.0.poll(whole(&now_ms)?)))
    }

    #[wasm_bindgen(js_name = onResponse)]
    pub fn on_response(&mut self, status: JsValue, body: JsValue, now_ms: JsValue) -> Result<()> {
        self.0
            .on_response(whole(&status)?, &bytes(&body)?, whole(&now_ms)?)
            .or_throw()
    }

    #[wasm_bindgen(js_name = onTransportError)]
    pub fn on_transport_error(
        &mut self,
        kind: JsValue,
        phase: JsValue,
        now_ms: JsValue,
    ) -> Result<()> {
        self.0
            .on_transport_error(
                failure_kind(&kind)?,
                failure_phase(&phase)?,
                whole(&now_ms)?,
            )
            .or_throw()
    }

    #[wasm_bindgen(js_name = onStore)]
    pub fn on_store(&mut self, refusal: JsValue, now_ms: JsValue) -> Result<()> {
        let refusal = optional(&refusal, |number| {
            ErrorCode::from_number(whole(number)?).ok_or_else(|| invalid("an error number"))
        })?;
        self.0.on_store(refusal, whole(&now_ms)?).or_throw()
    }

    pub fn abort(&mut self, now_ms: JsValue) -> Result<()> {
        self.0.abort(whole(&now_ms)?);
        Ok(())
    }

    pub fn challenge(&self) -> Result<JsValue> {
        self.0.challenge().or_throw().map(session::challenge)
    }

    /// What `js/client.mjs` makes an outcome of, and `refusal`: the error of an outcome that is no approval.
    #[wasm_bindgen(js_name = outcomeParts)]
    pub fn outcome_parts(&self) -> Result<JsValue> {
        let outcome = self.0.outcome().or_throw()?;
        let refusal = outcome.require_approved().err();
        Ok(object([
            ("kind", some(outcome.kind().name())),
            (
                "secsignId",
                some(outcome.secsign_id().map_or(JsValue::NULL, Into::into)),
            ),
            ("isOpen", some(outcome.is_open())),
            ("refusal", refusal.map(|error| error_text(&error).into())),
        ]))
    }

    #[wasm_bindgen(getter)]
    pub fn retries(&self) -> u32 {
        self.0.retries()
    }
}
