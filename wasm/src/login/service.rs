//! The service that users log in to.

use crate::{
    error::{OrThrow, Result},
    value::{Fields, flag, setting, text},
};
use countermark::facade;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
pub struct LoginService(pub(super) facade::LoginService);

#[wasm_bindgen]
impl LoginService {
    #[wasm_bindgen(constructor)]
    pub fn new(config: JsValue) -> Result<Self> {
        let fields = Fields(&config);
        facade::LoginService::new(facade::LoginConfig {
            server: fields.get("server", text)?,
            fallback: fields.get("fallback", text)?,
            service_name: fields.required("serviceName", text)?,
            service_address: fields.required("serviceAddress", text)?,
            plugin_name: fields.get("pluginName", text)?,
            show_access_pass: fields.get("showAccessPass", flag)?,
            allow_priority_code: fields.get("allowPriorityCode", flag)? == Some(true),
            api_method: fields.get("apiMethod", text)?,
            connect_timeout_ms: fields.get("connectTimeoutMs", setting("connect_timeout_ms"))?,
            total_timeout_ms: fields.get("totalTimeoutMs", setting("total_timeout_ms"))?,
        })
        .or_throw()
        .map(Self)
    }

    #[wasm_bindgen(getter, js_name = serviceName)]
    pub fn service_name(&self) -> String {
        self.0.service_name().to_owned()
    }

    #[wasm_bindgen(getter, js_name = serviceAddress)]
    pub fn service_address(&self) -> String {
        self.0.service_address().to_owned()
    }

    #[wasm_bindgen(getter, js_name = connectTimeoutMs)]
    pub fn connect_timeout_ms(&self) -> u32 {
        self.0.connect_timeout_ms()
    }

    #[wasm_bindgen(getter, js_name = totalTimeoutMs)]
    pub fn total_timeout_ms(&self) -> u32 {
        self.0.total_timeout_ms()
    }
}
