//! Verifying.

use super::{WebhookConfig, WebhookRequest};
use crate::{
    error::OrThrow,
    last::Last,
    record::{Record, refusal},
    value::{Argument, Bytes, Made, Time},
};
use countermark::facade::{self, WebhookHeader};
use napi::{Env, bindgen_prelude::Uint8Array};
use napi_derive::napi;

#[napi]
pub struct WebhookVerifier {
    verifier: facade::WebhookVerifier,
    last: Last<VerifiedWebhook>,
}

type VerifiedWebhook = facade::VerifiedWebhook<()>;

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
        Ok(Self {
            verifier: facade::WebhookVerifier::new(config.try_into()?).or_throw()?,
            last: Last::default(),
        })
    }

    #[napi(getter, catch_unwind)]
    pub fn unusable_keys(&self) -> Vec<String> {
        self.verifier.unusable_keys()
    }

    /// The hot call. `headers` are all names and values with line feeds between them, and `count` is how many headers that are.
    ///
    /// Answers a ticket for [`read`](Self::read), or an error text; or nothing when a header has a line feed of its own or
    /// other characters than ASCII: then ask [`verify_list`](Self::verify_list).
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
        let verdict = headers.with_text(|text| {
            let headers = split(text, count as usize)?;
            let request = facade::WebhookRequest {
                method: method.as_deref(),
                url: url.as_deref(),
                query: query.as_deref(),
                headers: &headers,
            };
            Some(body.with_bytes(|body| self.verify_body(&request, body, &now_ms)))
        })?;
        verdict
            .map(|verdict| self.answer(&env, verdict?))
            .transpose()
    }

    /// As [`verify`](Self::verify), for any headers.
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
        self.answer(&env, verdict)
    }

    /// A record of scheme, key id, message id, time, replay key, its end, whether the body is covered and what else is, of what
    /// was verified; nothing when it is not kept any more: then verify again.
    #[napi(catch_unwind)]
    pub fn read(&self, env: Env, ticket: u32) -> napi::Result<Option<Made>> {
        let verified = self.last.take(ticket);
        verified.map(|verified| record(&env, &verified)).transpose()
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
        self.verifier
            .verify(request, body, now_ms.0)
            .map(facade::VerifiedWebhook::without_body)
    }

    fn answer(
        &self,
        env: &Env,
        verdict: countermark::Result<VerifiedWebhook>,
    ) -> napi::Result<Made> {
        match verdict {
            Ok(verified) => self.last.keep(env, verified),
            Err(error) => refusal(env, &error),
        }
    }
}

/// The headers in a text of lines; `None` if there are not `count`, or if a value is not its own bytes.
fn split(text: &[u8], count: usize) -> Option<Vec<WebhookHeader<'_>>> {
    let text = std::str::from_utf8(text)
        .ok()
        .filter(|text| text.is_ascii())?;
    let mut headers = Vec::with_capacity(count);
    let mut lines = text.split('\n');
    if count == 0 {
        return text.is_empty().then_some(headers);
    }
    while let Some(name) = lines.next() {
        let value = lines.next()?.as_bytes();
        headers.push(WebhookHeader { name, value });
    }
    (headers.len() == count).then_some(headers)
}

fn record(env: &Env, verified: &VerifiedWebhook) -> napi::Result<Made> {
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
