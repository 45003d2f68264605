//! The table of schemes.

use crate::value::{array, object, some, texts};
use countermark::facade;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen(js_name = listSchemes)]
pub fn list_schemes() -> JsValue {
    array(facade::list_schemes(), |scheme| {
        object([
            ("id", some(scheme.id)),
            ("title", some(scheme.title)),
            ("source", some(scheme.source)),
            ("weakness", some(scheme.weakness)),
            (
                "signatureHeaders",
                some(texts(scheme.signature_headers.iter().map(String::as_str))),
            ),
            ("signed", some(scheme.signed)),
            (
                "covers",
                some(texts(scheme.covers.iter().map(|part| part.name()))),
            ),
            ("digest", some(scheme.digest.name())),
            ("key", some(scheme.key.name())),
            ("maxAgeS", scheme.max_age_s.map(Into::into)),
            ("maxFutureS", scheme.max_future_s.map(Into::into)),
        ])
    })
}
