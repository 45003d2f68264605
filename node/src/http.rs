//! What a step machine asks to be sent, and how a failure is reported.

use crate::{error::invalid, value::number};
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

/// `send` has a request, `wait` a time, `reserve` a key and a time, `release` a key.
#[napi(object, object_from_js = false)]
pub struct LoginStep {
    #[napi(js_name = "type")]
    pub kind: &'static str,
    pub request: Option<HttpRequest>,
    pub until_ms: Option<f64>,
    pub key: Option<String>,
}

impl From<Step> for LoginStep {
    fn from(step: Step) -> Self {
        let empty = Self {
            kind: "done",
            request: None,
            until_ms: None,
            key: None,
        };
        match step {
            Step::Send(request) => Self {
                kind: "send",
                request: Some(request.into()),
                ..empty
            },
            Step::Wait { until_ms } => Self {
                kind: "wait",
                until_ms: Some(number(until_ms)),
                ..empty
            },
            Step::Reserve { key, until_ms } => Self {
                kind: "reserve",
                until_ms: Some(number(until_ms)),
                key: Some(key),
                ..empty
            },
            Step::Release { key } => Self {
                kind: "release",
                key: Some(key),
                ..empty
            },
            Step::Done => empty,
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
    FailureKind::from_name(name).ok_or_else(|| invalid("kind"))
}

pub(crate) fn failure_phase(name: &str) -> napi::Result<FailurePhase> {
    FailurePhase::from_name(name).ok_or_else(|| invalid("phase"))
}
