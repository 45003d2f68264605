//! Verifying.

use super::{WebhookConfig, WebhookRequest, request::Context};
use crate::{
    error::OrThrow,
    record::{Record, refusal},
    value::{Argument, Bytes, Made, Time},
};
use countermark::facade;
use napi::{Env, bindgen_prelude::Uint8Array};
use napi_derive::napi;

#[napi]
pub struct WebhookVerifier(facade::WebhookVerifier);

/// A field that the signature covers.
#[napi(object, object_from_js = false)]
pub struct SignedField {
    pub name: String,
    pub value: Uint8Array,
}

#[napi]
impl WebhookVerifier {
    #[napi(constructor, catch_unwind)]
    pub fn new(config: WebhookConfig) -> napi::Result<Self> {
        facade::WebhookVerifier::new(config.try_into()?)
            .or_throw()
            .map(Self)
    }

    #[napi(getter, catch_unwind)]
    pub fn unusable_keys(&self) -> Vec<String> {
        self.0.unusable_keys()
    }

    /// The hot call. `headers` are all names and values, each followed by a line feed, and `count` is how many texts that are.
    ///
    /// Answers a record of scheme, key id, message id, time, replay key, its end, whether the body is covered and what else is; or
    /// an error text; or nothing when a header has a line feed of its own: then ask [`verify_list`](Self::verify_list).
    #[napi(catch_unwind)]
    pub fn verify(
        &self,
        env: Env,
        headers: Argument,
        count: u32,
        body: Argument,
        now_ms: Time,
        method: Option<String>,
        url: Option<String>,
        query: Option<String>,
    ) -> napi::Result<Option<Made>> {
        let context = Context {
            method: method.as_deref(),
            url: url.as_deref(),
            query: query.as_deref(),
        };
        let verdict = headers.with_text(|headers| {
            let texts = split(headers, count as usize)?;
            let verdict = body.with_bytes(|body| {
                context.with(&texts, |request| self.verify_body(request, body, &now_ms))
            });
            Some(verdict)
        })?;
        verdict.map(|verdict| answer(&env, verdict?)).transpose()
    }

    /// As [`verify`](Self::verify), for any texts.
    #[napi(catch_unwind)]
    pub fn verify_list(
        &self,
        env: Env,
        request: WebhookRequest,
        body: Argument,
        now_ms: Time,
    ) -> napi::Result<Made> {
        let verdict = body
            .with_bytes(|body| request.with(|request| self.verify_body(request, body, &now_ms)))?;
        answer(&env, verdict)
    }

    /// `VerifiedWebhook::fields` of a webhook that was verified before.
    #[napi(catch_unwind)]
    pub fn fields(
        &self,
        request: WebhookRequest,
        body: Bytes,
        now_ms: Time,
    ) -> napi::Result<Vec<SignedField>> {
        let verified = request
            .with(|request| self.verify_body(request, &body.0, &now_ms))
            .or_throw()?;
        let field = |field: &facade::SignedField| SignedField {
            name: field.name.clone(),
            value: field.value.clone().into(),
        };
        Ok(verified.fields().iter().map(field).collect())
    }
}

impl WebhookVerifier {
    /// JavaScript holds the body, and hands it back.
    fn verify_body(
        &self,
        request: &facade::WebhookRequest<'_>,
        body: &[u8],
        now_ms: &Time,
    ) -> countermark::Result<VerifiedWebhook> {
        self.0
            .verify(request, body, now_ms.0)
            .map(facade::VerifiedWebhook::without_body)
    }
}

type VerifiedWebhook = facade::VerifiedWebhook<()>;

/// The texts that line feeds end; `None` if there are not `count`.
fn split(texts: &[u8], count: usize) -> Option<Vec<&str>> {
    let texts = std::str::from_utf8(texts).ok()?;
    let mut list = Vec::with_capacity(count);
    list.extend(texts.split_terminator('\n'));
    (list.len() == count).then_some(list)
}

fn answer(env: &Env, verdict: countermark::Result<VerifiedWebhook>) -> napi::Result<Made> {
    let verified = match verdict {
        Ok(verified) => verified,
        Err(error) => return refusal(env, &error),
    };
    let covers = verified.covers();
    let mut record = Record::new(7 + covers.len());
    record.text(&verified.scheme());
    record.text(verified.key_id());
    record.optional(verified.message_id());
    record.number(verified.timestamp_ms());
    record.optional(verified.replay_key().as_deref());
    record.number(verified.replay_until_ms());
    record.text(if verified.covers_body() { "1" } else { "" });
    for part in covers {
        record.text(part.name());
    }
    record.finish(env)
}
