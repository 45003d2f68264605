//! Schemes of the caller's own: what keeps the signed parts apart, and what a token does not prove.

mod borders;
mod collisions;
mod pairs;
mod query_times;
mod signatures;
mod texts;

use countermark::{
    ErrorCode, Result,
    facade::{SchemeSpec, WebhookConfig, WebhookKey, WebhookVerifier},
};

const NOW: i64 = 1_700_000_000_000;

fn keys() -> Vec<WebhookKey> {
    vec![WebhookKey::new("k1", "a secret for tests")]
}

fn spec(signed: &str) -> SchemeSpec {
    let mut spec = SchemeSpec::new("own", "X-Signature");
    spec.signed = signed.to_owned();
    if signed.contains("{id}") {
        spec.id_header = "X-Id".to_owned();
    }
    if signed.contains("timestamp") {
        spec.time_header = "X-Time".to_owned();
    }
    spec
}

fn verifier(spec: SchemeSpec) -> Result<WebhookVerifier> {
    WebhookVerifier::new(WebhookConfig::of_spec(spec, keys()))
}

fn code<T>(result: Result<T>) -> core::result::Result<T, ErrorCode> {
    result.map_err(|error| error.code())
}
