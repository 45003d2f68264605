//! For tools that look at one request: the debugger in `debugger/`.

use crate::{
    error::{OrThrow, Result},
    explain::{WebhookExplainer, explanation},
    value::{array, bytes, made, object, some, texts, whole},
    webhook::{self, WebhookRequest},
};
use countermark::facade::{self, SignedPart};
use js_sys::Array;
use std::ops::Range;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Reads a saved request. Headers are bytes, each as one character, as servers give them.
#[wasm_bindgen(js_name = readSavedRequest)]
pub fn read_saved_request(saved: JsValue) -> Result<JsValue> {
    let saved = facade::read_saved_request(&bytes(&saved)?).or_throw()?;
    let headers = array(&saved.headers, |(name, value)| {
        let value: String = value.iter().map(|&byte| char::from(byte)).collect();
        texts([name.as_str(), value.as_str()])
    });
    Ok(object([
        ("method", some(saved.method)),
        ("url", some(saved.url)),
        ("headers", some(headers)),
        ("body", some(made(&saved.body))),
        ("form", some(saved.form.name())),
    ]))
}

/// The schemes that a request may be of.
#[wasm_bindgen(js_name = candidateSchemes)]
pub fn candidate_schemes(request: JsValue, body: JsValue) -> Result<JsValue> {
    let body = bytes(&body)?;
    let found =
        WebhookRequest::of(&request)?.with(|request| facade::candidate_schemes(request, &body));
    Ok(array(found, |candidate| {
        object([
            ("scheme", some(candidate.scheme)),
            ("isWhole", some(candidate.is_whole)),
            (
                "seen",
                some(texts(candidate.seen.iter().map(String::as_str))),
            ),
        ])
    }))
}

/// The scheme of a request.
#[wasm_bindgen(js_name = detectScheme)]
pub fn detect_scheme(
    keys: JsValue,
    request: JsValue,
    body: JsValue,
    now_ms: JsValue,
) -> Result<Option<String>> {
    let (keys, body, now_ms) = (webhook::keys(&keys)?, bytes(&body)?, whole(&now_ms)?);
    let request = WebhookRequest::of(&request)?;
    Ok(request.with(|request| facade::detect_scheme(&keys, request, &body, now_ms)))
}

#[wasm_bindgen]
impl WebhookExplainer {
    /// The explanation, with `content`: what the signature is over.
    pub fn inspect(&self, request: JsValue, body: JsValue, now_ms: JsValue) -> Result<JsValue> {
        let (body, now_ms) = (bytes(&body)?, whole(&now_ms)?);
        let (found, content) =
            WebhookRequest::of(&request)?.with(|request| self.0.inspect(request, &body, now_ms));
        let content = content.map(|content| {
            object([
                ("received", some(array(&content.received, part))),
                ("signed", some(array(&content.signed, part))),
                (
                    "differences",
                    some(array(&content.differences, |one| {
                        object([
                            ("received", some(range(&one.received))),
                            ("signed", some(range(&one.signed))),
                        ])
                    })),
                ),
            ])
        });
        Ok(object([
            ("explanation", some(explanation(found))),
            ("content", content),
        ]))
    }
}

fn part(part: &SignedPart) -> JsValue {
    object([
        ("name", some(part.name)),
        ("bytes", some(made(&part.bytes))),
    ])
}

#[allow(
    clippy::cast_precision_loss,
    reason = "an offset into a request is exact"
)]
fn range(range: &Range<usize>) -> JsValue {
    let ends = [range.start, range.end].map(|end| JsValue::from_f64(end as f64));
    ends.iter().collect::<Array>().into()
}
