//! Verifying.

use super::{WebhookConfig, WebhookRequest};
use crate::{
    error::OrThrow,
    hot::{self, ARGUMENTS, Hot},
    last::Last,
    record::{Record, refusal},
    value::{Argument, Bytes, Made, Room, Texts, Time},
};
use countermark::facade::{self, WebhookHeader};
use napi::{Env, bindgen_prelude::Uint8Array};
use napi_derive::napi;
use std::rc::Rc;

#[napi]
pub struct WebhookVerifier(Rc<Verifier>);

struct Verifier {
    verifier: facade::WebhookVerifier,
    /// The names of the headers that it reads.
    names: Vec<String>,
    last: Last<VerifiedWebhook>,
}

type VerifiedWebhook = facade::VerifiedWebhook<()>;

/// How many headers the hot call takes.
const HEADERS: usize = ARGUMENTS - 2;

impl Hot for Verifier {
    /// Body, time, and the values of the headers that the verifier reads: a ticket for [`Reader`], or an error
    /// text; or nothing when a value is very long or not ASCII: then ask [`WebhookVerifier::verify_list`].
    fn call(&self, env: &Env, arguments: &[Argument; ARGUMENTS]) -> napi::Result<Option<Made>> {
        let [body, now_ms, values @ ..] = arguments;
        let now_ms = now_ms.whole()?;
        let mut room = Room::new();
        let mut texts = Texts::new(&mut room);
        let mut lengths = [None; HEADERS];
        for (length, value) in lengths.iter_mut().zip(values).take(self.names.len()) {
            *length = texts.append(value);
        }
        let Some(mut rest) = texts.ascii() else {
            return Ok(None);
        };
        let mut headers = [WebhookHeader {
            name: "",
            value: &[],
        }; HEADERS];
        let mut count = 0;
        for (name, length) in self.names.iter().zip(lengths) {
            let Some((value, next)) = length.and_then(|length| rest.split_at_checked(length))
            else {
                continue;
            };
            if let Some(header) = headers.get_mut(count) {
                *header = WebhookHeader { name, value };
                count += 1;
            }
            rest = next;
        }
        let request = facade::WebhookRequest {
            headers: headers.get(..count).unwrap_or_default(),
            ..facade::WebhookRequest::default()
        };
        let verdict = body.with_bytes(|body| self.verify(&request, body, now_ms))?;
        self.answer(env, verdict).map(Some)
    }
}

impl Verifier {
    /// JavaScript holds the body, and hands it back.
    fn verify(
        &self,
        request: &facade::WebhookRequest<'_>,
        body: &[u8],
        now_ms: i64,
    ) -> countermark::Result<VerifiedWebhook> {
        self.verifier
            .verify(request, body, now_ms)
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

struct Reader(Rc<Verifier>);

impl Hot for Reader {
    /// A ticket: a record of scheme, key id, message id, time, replay key, its end, whether the body is covered and what else is, of
    /// what was verified; nothing when it is not kept any more: then verify again.
    fn call(&self, env: &Env, arguments: &[Argument; ARGUMENTS]) -> napi::Result<Option<Made>> {
        let [ticket, ..] = arguments;
        let made = self.0.last.read(ticket.whole()?, |last| record(env, last));
        made.transpose()
    }
}

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
        let verifier = facade::WebhookVerifier::new(config.try_into()?).or_throw()?;
        Ok(Self(Rc::new(Verifier {
            names: verifier.header_names(),
            verifier,
            last: Last::default(),
        })))
    }

    #[napi(getter, catch_unwind)]
    pub fn unusable_keys(&self) -> Vec<String> {
        self.0.verifier.unusable_keys()
    }

    #[napi(getter, catch_unwind)]
    pub fn needs_keep(&self) -> bool {
        self.0.verifier.needs_keep()
    }

    #[napi(catch_unwind)]
    pub fn site_origin(&self, origin: Option<String>) -> napi::Result<String> {
        self.0.verifier.site_origin(origin.as_deref()).or_throw()
    }

    /// The headers that it reads.
    #[napi(getter, catch_unwind)]
    pub fn header_names(&self) -> Vec<String> {
        self.0.names.clone()
    }

    /// The hot call as a function.
    #[napi(catch_unwind)]
    pub fn verify(&self, env: Env) -> napi::Result<Made> {
        hot::function(&env, &self.0)
    }

    /// The same for any request.
    #[napi(catch_unwind)]
    pub fn verify_list(
        &self,
        env: Env,
        request: WebhookRequest,
        body: Argument,
        now_ms: Time,
    ) -> napi::Result<Made> {
        let verdict =
            body.with_bytes(|body| request.with(|request| self.0.verify(request, body, now_ms.0)))?;
        self.0.answer(&env, verdict)
    }

    /// Reading what was verified, as a function.
    #[napi(catch_unwind)]
    pub fn reader(&self, env: Env) -> napi::Result<Made> {
        hot::function(&env, &Rc::new(Reader(Rc::clone(&self.0))))
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
            .with(|request| self.0.verify(request, &body.0, now_ms.0))
            .or_throw()?;
        let field = |field: &facade::SignedField| SignedField {
            name: field.name.clone(),
            value: field.value.clone().into(),
        };
        Ok(verified.fields().iter().map(field).collect())
    }
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
