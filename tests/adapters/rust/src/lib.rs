//! The adapter protocol over the public API of the Rust crate: it translates, and holds no protocol logic.
//!
//! The protocol is described in `tests/adapters/README.md`.

#![cfg_attr(
    not(feature = "http"),
    allow(dead_code, reason = "some is for `login.run` alone")
)]

mod fields;
mod handshake;
mod ident;
mod inspect;
mod link;
mod login;
#[cfg(feature = "http")]
mod login_run;
mod meta;
mod query;
mod replay;
mod reply;
mod seal;
mod securesign;
mod webhook;
mod webhook_explain;

use countermark::Error;
use fields::Fields;
use serde_json::{Map, Value, json};

/// Why an operation gave no result.
pub(crate) enum Refusal {
    /// The library refused.
    Error(Error),
    /// The line is no request of this protocol.
    BadRequest,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

pub(crate) type Answer = Result<Value, Refusal>;

/// Answers one request line.
#[must_use]
pub fn answer(line: &str) -> Value {
    let Ok(Value::Object(request)) = serde_json::from_str::<Value>(line) else {
        return bad_request();
    };
    let id = request.get("id").cloned().unwrap_or(Value::Null);
    match run(&request) {
        Ok(ok) => json!({"id": id, "ok": ok}),
        Err(Refusal::Error(error)) => {
            json!({"id": id, "error": error.code().name(), "number": error.code().number()})
        }
        Err(Refusal::BadRequest) => bad_request(),
    }
}

fn bad_request() -> Value {
    json!({"id": null, "error": "BAD_REQUEST", "number": 0})
}

fn run(request: &Map<String, Value>) -> Answer {
    let fields = Fields(request);
    match fields.text("op")? {
        "access_pass.check" => reply::access_pass(fields),
        "deep_link.build" => link::build(fields),
        "ident.normalize" => ident::normalize(fields),
        "login.machine" => login::machine(fields),
        "login.request" => login::request(fields),
        #[cfg(feature = "http")]
        "login.run" => login_run::run(fields),
        "meta.errors" => Ok(meta::errors()),
        "meta.states" => Ok(meta::states()),
        "meta.version" => Ok(meta::version()),
        "query.sign" => query::sign(fields),
        "query.verify" => query::verify(fields),
        "replay.run" => replay::run(fields),
        "reply.parse" => reply::parse(fields),
        "return_url.check" => link::return_url(fields),
        "seal.open_foreign" => seal::open_foreign(fields),
        "webhook.candidates" => inspect::candidates(fields),
        "webhook.detect" => inspect::detect(fields),
        "webhook.inspect" => inspect::inspect(fields),
        "webhook.read_saved" => inspect::read_saved(fields),
        "webhook.explain" => webhook_explain::explain(fields),
        "webhook.verify" => webhook::verify(fields),
        "webhook.site_origin" => webhook::site_origin(fields),
        "webhook.sign" => webhook::sign(fields),
        "securesign.callback" => securesign::callback(fields),
        "securesign.code" => securesign::code(fields),
        "securesign.deep_link" => securesign::deep_link(fields),
        "securesign.hint" => securesign::hint(fields),
        "securesign.origin" => securesign::origin(fields),
        "securesign.pin_session" => securesign::pin_session(fields),
        "securesign.pin_status" => securesign::pin_status(fields),
        "securesign.rate_limit" => securesign::rate_limit(fields),
        "securesign.session" => securesign::session(fields),
        "securesign.validate" => securesign::validate(fields),
        "webhook.handshake" => handshake::answer(fields),
        "webhook.status" => handshake::status(fields),
        _ => Err(Refusal::BadRequest),
    }
}
