//! What a step machine asks to be sent, and how a failure is reported.

use crate::error::invalid;
use countermark::facade::{self, FailureKind, FailurePhase, Step};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

#[napi(object, object_from_js = false)]
pub struct HttpRequest {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Uint8Array,
    pub connect_timeout_ms: u32,
    pub total_timeout_ms: u32,
    pub max_reply_bytes: u32,
}

/// `send` has a request, `wait` a time.
#[napi(object, object_from_js = false)]
pub struct LoginStep {
    #[napi(js_name = "type")]
    pub kind: &'static str,
    pub request: Option<HttpRequest>,
    pub until_ms: Option<f64>,
}

impl From<Step> for LoginStep {
    fn from(step: Step) -> Self {
        let (kind, request, until_ms) = match step {
            Step::Send(request) => ("send", Some(request.into()), None),
            Step::Wait { until_ms } => ("wait", None, Some(crate::value::number(until_ms))),
            Step::Done => ("done", None, None),
        };
        Self {
            kind,
            request,
            until_ms,
        }
    }
}

impl From<facade::HttpRequest> for HttpRequest {
    fn from(request: facade::HttpRequest) -> Self {
        Self {
            method: request.method,
            url: request.url,
            headers: request
                .headers
                .into_iter()
                .map(|header| (header.name, header.value))
                .collect(),
            body: request.body.into(),
            connect_timeout_ms: request.connect_timeout_ms,
            total_timeout_ms: request.total_timeout_ms,
            max_reply_bytes: request.max_reply_bytes,
        }
    }
}

pub(crate) fn failure_kind(name: &str) -> napi::Result<FailureKind> {
    match name {
        "timeout" => Ok(FailureKind::Timeout),
        "unreachable" => Ok(FailureKind::Unreachable),
        "tls" => Ok(FailureKind::Tls),
        _ => Err(invalid("failure kind")),
    }
}

pub(crate) fn failure_phase(name: &str) -> napi::Result<FailurePhase> {
    match name {
        "not_sent" => Ok(FailurePhase::NotSent),
        "maybe_sent" => Ok(FailurePhase::MaybeSent),
        _ => Err(invalid("failure phase")),
    }
}
