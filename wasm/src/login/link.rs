//! Links to the phone app, and the check of addresses to return to.

use crate::{
    error::{OrThrow, Result},
    value::{optional, text},
};
use countermark::facade;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
pub struct AppLink(facade::AppLink);

#[wasm_bindgen]
impl AppLink {
    #[wasm_bindgen(constructor)]
    pub fn new(id_server: JsValue, scheme: JsValue) -> Result<Self> {
        let scheme = optional(&scheme, text)?;
        facade::AppLink::new(scheme.as_deref(), &text(&id_server)?)
            .or_throw()
            .map(Self)
    }

    pub fn authenticate(
        &self,
        secsign_id: JsValue,
        auth_session_id: JsValue,
        return_url: JsValue,
    ) -> Result<String> {
        self.0
            .authenticate(
                &text(&secsign_id)?,
                &text(&auth_session_id)?,
                &text(&return_url)?,
            )
            .or_throw()
    }
}

#[wasm_bindgen(js_name = safeReturnUrl)]
pub fn safe_return_url(base: JsValue, candidate: JsValue, default: JsValue) -> Result<String> {
    facade::safe_return_url(&text(&base)?, &text(&candidate)?, &text(&default)?).or_throw()
}
