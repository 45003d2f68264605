//! Why a webhook failed.

use crate::{
    error::OrThrow,
    value::{Argument, Time},
    webhook::{WebhookConfig, WebhookRequest},
};
use countermark::facade;
use napi_derive::napi;

#[napi]
pub struct WebhookExplainer(facade::WebhookExplainer);

#[napi(object, object_from_js = false)]
pub struct WebhookCause {
    pub kind: &'static str,
    pub certainty: &'static str,
    pub subject: String,
    pub fits: String,
    pub amount: f64,
    pub unit: &'static str,
    pub happened: &'static str,
    pub remedy: &'static str,
}

#[napi(object, object_from_js = false)]
pub struct WebhookCheck {
    pub step: &'static str,
    pub state: &'static str,
}

#[napi(object, object_from_js = false)]
pub struct WebhookExplanation {
    pub error: Option<String>,
    pub key_id: String,
    pub causes: Vec<WebhookCause>,
    pub complete: bool,
    pub checks: Vec<WebhookCheck>,
    pub body_length: f64,
    pub body_sha256: String,
}

#[napi]
impl WebhookExplainer {
    #[napi(constructor, catch_unwind)]
    pub fn new(config: WebhookConfig) -> napi::Result<Self> {
        facade::WebhookExplainer::new(config.try_into()?)
            .or_throw()
            .map(Self)
    }

    #[napi(catch_unwind)]
    pub fn explain(
        &self,
        request: WebhookRequest,
        body: Argument,
        now_ms: Time,
    ) -> napi::Result<WebhookExplanation> {
        let found = body
            .with_bytes(|body| request.with(|request| self.0.explain(request, body, now_ms.0)))?;
        Ok(WebhookExplanation {
            error: found.error.map(|code| format!("CM_{}", code.name())),
            key_id: found.key_id,
            causes: found.causes.into_iter().map(cause).collect(),
            complete: found.complete,
            checks: found
                .checks
                .iter()
                .map(|check| WebhookCheck {
                    step: check.step.name(),
                    state: check.state.name(),
                })
                .collect(),
            body_length: crate::value::number(i64::try_from(found.body_len).unwrap_or(i64::MAX)),
            body_sha256: found.body_sha256,
        })
    }
}

fn cause(cause: facade::WebhookCause) -> WebhookCause {
    let info = cause.kind.info();
    WebhookCause {
        kind: cause.kind.name(),
        certainty: cause.certainty.name(),
        subject: cause.subject,
        fits: cause.fits,
        amount: crate::value::number(cause.amount),
        unit: info.unit,
        happened: info.happened,
        remedy: info.remedy,
    }
}

/// A cause that an explanation can name.
#[napi(object, object_from_js = false)]
pub struct CauseInfo {
    pub number: u32,
    pub name: &'static str,
    pub unit: &'static str,
    pub happened: &'static str,
    pub remedy: &'static str,
}

#[napi(catch_unwind)]
pub fn list_causes() -> Vec<CauseInfo> {
    facade::list_causes()
        .into_iter()
        .map(|info| CauseInfo {
            number: info.number,
            name: info.name,
            unit: info.unit,
            happened: info.happened,
            remedy: info.remedy,
        })
        .collect()
}
