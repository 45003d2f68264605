//! Why a webhook failed.

use crate::{
    error::{OrThrow, Result},
    value::{array, bytes, number, object, some, whole},
    webhook::{WebhookRequest, config},
};
use countermark::facade;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
pub struct WebhookExplainer(pub(crate) facade::WebhookExplainer);

#[wasm_bindgen]
impl WebhookExplainer {
    #[wasm_bindgen(constructor)]
    pub fn new(given: JsValue) -> Result<Self> {
        facade::WebhookExplainer::new(config(&given)?)
            .or_throw()
            .map(Self)
    }

    pub fn explain(&self, request: JsValue, body: JsValue, now_ms: JsValue) -> Result<JsValue> {
        let (body, now_ms) = (bytes(&body)?, whole(&now_ms)?);
        let found =
            WebhookRequest::of(&request)?.with(|request| self.0.explain(request, &body, now_ms));
        Ok(explanation(found))
    }
}

/// An explanation as an object.
pub(crate) fn explanation(found: facade::WebhookExplanation) -> JsValue {
    let checks = array(&found.checks, |check| {
        object([
            ("step", some(check.step.name())),
            ("state", some(check.state.name())),
        ])
    });
    object([
        (
            "error",
            found.error.map(|code| format!("CM_{}", code.name()).into()),
        ),
        ("keyId", some(found.key_id)),
        ("causes", some(array(found.causes, cause))),
        ("complete", some(found.complete)),
        ("checks", some(checks)),
        (
            "bodyLength",
            some(number(i64::try_from(found.body_len).unwrap_or(i64::MAX))),
        ),
        ("bodySha256", some(found.body_sha256)),
    ])
}

fn cause(cause: facade::WebhookCause) -> JsValue {
    let info = cause.kind.info();
    object([
        ("kind", some(cause.kind.name())),
        ("certainty", some(cause.certainty.name())),
        ("subject", some(cause.subject)),
        ("fits", some(cause.fits)),
        ("amount", some(number(cause.amount))),
        ("unit", some(info.unit)),
        ("happened", some(info.happened)),
        ("remedy", some(info.remedy)),
    ])
}

/// The causes that an explanation can name.
#[wasm_bindgen(js_name = listCauses)]
pub fn list_causes() -> JsValue {
    array(facade::list_causes(), |info| {
        object([
            ("number", some(info.number)),
            ("name", some(info.name)),
            ("unit", some(info.unit)),
            ("happened", some(info.happened)),
            ("remedy", some(info.remedy)),
        ])
    })
}
