//! Verifying a webhook, against what nobody can be faster than: the hash blocks of the signed text alone; against `ring`'s
//! HMAC of that text; and against the crates that verify webhooks.
//!
//! Each peer is used as its documentation shows, with what can be kept between requests made before. `svix` is in `peers`.
//!
//! `cargo bench -p countermark --bench webhook` takes two minutes; with `-- ratios` only what is printed first, see `support`.

#[path = "support/request.rs"]
mod request;
mod support;

use countermark::facade::{Header, WebhookConfig, WebhookKey, WebhookVerifier};
use criterion::{Criterion, criterion_group, criterion_main};
use request::{
    SIZES, URL, WHSEC, add, borrowed, headers, http_headers, json, limit, now_ms, run, settings,
    standard_text, view,
};
use ring::hmac;
use std::hint::black_box;
use support::Rows;
use webhook_verify::{Provider, Secret, VerifyOptions};

const TEXT: &str = "a secret for measuring";
const SCHEMES: [(&str, &str, Provider); 4] = [
    ("standard-webhooks", WHSEC, Provider::StandardWebhooks),
    ("stripe", TEXT, Provider::Stripe),
    ("github", TEXT, Provider::GitHub),
    ("twilio", TEXT, Provider::Twilio),
];

/// Fields of a message from Twilio, in the order in which it sends them: not the one in which it signs them.
const FIELDS: [&str; 16] = [
    "ToCountry",
    "ToState",
    "SmsMessageSid",
    "NumMedia",
    "ToCity",
    "FromZip",
    "SmsSid",
    "FromState",
    "SmsStatus",
    "FromCity",
    "Body",
    "FromCountry",
    "To",
    "ToZip",
    "AccountSid",
    "From",
];

/// JSON-like text; for Twilio a form.
fn body(scheme: &str, size: usize) -> Vec<u8> {
    if scheme != "twilio" {
        return json(size);
    }
    let names = FIELDS.iter().map(|name| name.len() + 2).sum::<usize>();
    let fields = FIELDS.map(|name| format!("{name}={}", "x".repeat((size - names) / FIELDS.len())));
    fields.join("&").into_bytes()
}

/// The text that is signed.
fn signed_text(scheme: &str, body: &[u8], now_ms: i64) -> Vec<u8> {
    let now_s = now_ms / 1000;
    match scheme {
        "standard-webhooks" => standard_text(body, now_ms),
        "stripe" => [format!("{now_s}.").as_bytes(), body].concat(),
        "twilio" => {
            let mut pairs: Vec<_> = form_urlencoded::parse(body).collect();
            pairs.sort();
            let pairs: String = pairs
                .iter()
                .map(|(name, value)| format!("{name}{value}"))
                .collect();
            format!("{URL}{pairs}").into_bytes()
        }
        _ => body.to_vec(),
    }
}

fn verify(criterion: &mut Criterion) {
    let now_ms = now_ms();
    for size in SIZES {
        for (scheme, secret, provider) in SCHEMES {
            let body = body(scheme, size);
            let text = signed_text(scheme, &body, now_ms);
            let headers = headers(scheme, secret, &body, now_ms);
            let borrowed = borrowed(&headers);
            let request = view(&borrowed);
            let config = WebhookConfig::new(scheme, vec![WebhookKey::new("k1", secret)]);
            let verifier = WebhookVerifier::new(config).expect("key");

            let algorithm = match scheme {
                "twilio" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
                _ => hmac::HMAC_SHA256,
            };
            let ring_key = hmac::Key::new(algorithm, secret.as_bytes());
            let tag = hmac::sign(&ring_key, &text);
            let plain: Vec<(&str, &str)> = headers
                .iter()
                .map(|Header { name, value }| (name.as_str(), value.as_str()))
                .collect();
            let peer_key = Secret::new(secret);
            let map = http_headers(&headers);
            let peer = standardwebhooks::Webhook::new(secret);

            let title = format!("{scheme}/{size}");
            let mut rows = Rows::new(title.clone());
            rows.add("limit", limit(scheme, &text));
            add(&mut rows, "countermark", || {
                verifier
                    .verify(black_box(&request), black_box(&body), now_ms)
                    .is_ok()
            });
            add(&mut rows, "ring-hmac", || {
                hmac::verify(&ring_key, black_box(&text), black_box(tag.as_ref())).is_ok()
            });
            add(&mut rows, "webhook-verify", || {
                let mut options = VerifyOptions::default();
                if scheme == "twilio" {
                    options = options
                        .with_request_url(URL)
                        .with_form_params(form_urlencoded::parse(black_box(&body)));
                }
                let body = black_box(&body);
                webhook_verify::verify(provider, &plain, body, &peer_key, options).is_ok()
            });
            if scheme == "standard-webhooks" {
                let peer = peer.as_ref().expect("key");
                add(&mut rows, "standardwebhooks", || {
                    peer.verify(black_box(&body), &map).is_ok()
                });
            }
            run(criterion, &title, size, &rows);
        }
    }
}

criterion_group! {
    name = benches;
    config = settings();
    targets = verify
}
criterion_main!(benches);
