//! Versions and tables.

use crate::value::{array, object, some};
use countermark::facade;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
pub fn version() -> String {
    facade::VERSION.to_owned()
}

#[wasm_bindgen(js_name = abiVersion)]
pub fn abi_version() -> u32 {
    facade::ABI_VERSION
}

#[wasm_bindgen(js_name = listErrors)]
pub fn list_errors() -> JsValue {
    array(facade::list_errors(), |row| {
        let public = if row.public {
            row.message
        } else {
            countermark::error::PUBLIC_MESSAGE
        };
        object([
            ("number", some(row.number)),
            ("name", some(row.name)),
            ("class", some(row.class.name())),
            ("retryable", some(row.retryable)),
            ("httpStatus", some(row.http_status)),
            ("publicMessage", some(public)),
            ("message", some(row.message)),
            ("hint", some(row.hint)),
        ])
    })
}

#[cfg(feature = "full")]
#[wasm_bindgen(js_name = listStates)]
pub fn list_states() -> JsValue {
    array(facade::list_states(), |state| {
        object([
            ("number", some(state.number())),
            ("name", some(state.name())),
            ("terminal", some(state.is_terminal())),
        ])
    })
}
