//! The memory of used keys.

use crate::{
    error::{OrThrow, Result, refuse},
    value::{optional, setting, text, whole},
};
use countermark::{ErrorCode, facade};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
pub struct ReplayMemory(facade::ReplayMemory);

#[wasm_bindgen]
impl ReplayMemory {
    #[wasm_bindgen(constructor)]
    pub fn new(capacity: JsValue) -> Result<Self> {
        facade::ReplayMemory::new(optional(&capacity, setting("capacity"))?)
            .or_throw()
            .map(Self)
    }

    /// Whether the key was free; every other refusal is an error.
    pub fn reserve(&self, key: JsValue, until_ms: JsValue, now_ms: JsValue) -> Result<bool> {
        let (until_ms, now_ms) = (whole(&until_ms)?, whole(&now_ms)?);
        match self.0.reserve(&text(&key)?, until_ms, now_ms) {
            Ok(()) => Ok(true),
            Err(error) if error.code() == ErrorCode::Replayed => Ok(false),
            Err(error) => Err(refuse(&error)),
        }
    }

    pub fn commit(&self, key: JsValue) -> Result<bool> {
        self.0.commit(&text(&key)?).or_throw()
    }

    #[wasm_bindgen(js_name = isCommitted)]
    pub fn is_committed(&self, key: JsValue) -> Result<bool> {
        self.0.is_committed(&text(&key)?).or_throw()
    }

    pub fn release(&self, key: JsValue) -> Result<bool> {
        self.0.release(&text(&key)?).or_throw()
    }

    #[wasm_bindgen(getter)]
    pub fn size(&self) -> u32 {
        self.0.size()
    }
}

#[wasm_bindgen(js_name = webhookKeepUntilMs)]
pub fn webhook_keep_until_ms(
    replay_until_ms: JsValue,
    keep_s: JsValue,
    now_ms: JsValue,
) -> Result<f64> {
    let replay_until_ms = optional(&replay_until_ms, whole)?;
    let keep_s = optional(&keep_s, setting("keep_s"))?;
    facade::webhook_keep_until_ms(replay_until_ms, keep_s, whole(&now_ms)?)
        .or_throw()
        .map(crate::value::number)
}
