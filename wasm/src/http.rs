//! What a step machine asks to be sent, and how a failure is reported.

use crate::{
    error::{Result, invalid},
    value::{array, made, number, object, some, text, texts},
};
use countermark::facade::{self, FailureKind, FailurePhase, Step};
use wasm_bindgen::JsValue;

/// `send` has a request, `wait` a time, `reserve` a key and a time, `release` a key.
pub(crate) fn step(step: Step) -> JsValue {
    let (kind, sent, until_ms, key) = match step {
        Step::Send(sent) => ("send", Some(request(sent)), None, None),
        Step::Wait { until_ms } => ("wait", None, Some(until_ms), None),
        Step::Reserve { key, until_ms } => ("reserve", None, Some(until_ms), Some(key)),
        Step::Release { key } => ("release", None, None, Some(key)),
        Step::Done => ("done", None, None, None),
    };
    object([
        ("type", some(kind)),
        ("request", sent),
        ("untilMs", until_ms.map(|time| number(time).into())),
        ("key", key.map(Into::into)),
    ])
}

fn request(request: facade::HttpRequest) -> JsValue {
    let headers = array(&request.headers, |header| {
        texts([header.name.as_str(), header.value.as_str()])
    });
    object([
        ("method", some(request.method)),
        ("url", some(request.url)),
        ("headers", some(headers)),
        ("body", some(made(&request.body))),
        ("connectTimeoutMs", some(request.connect_timeout_ms)),
        ("totalTimeoutMs", some(request.total_timeout_ms)),
        ("maxReplyBytes", some(request.max_reply_bytes)),
    ])
}

pub(crate) fn failure_kind(name: &JsValue) -> Result<FailureKind> {
    FailureKind::from_name(&text(name)?).ok_or_else(|| invalid("kind"))
}

pub(crate) fn failure_phase(name: &JsValue) -> Result<FailurePhase> {
    FailurePhase::from_name(&text(name)?).ok_or_else(|| invalid("phase"))
}
