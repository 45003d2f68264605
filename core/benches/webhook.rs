//! Verifying a webhook, against what nobody can be faster than: the hash blocks of the signed text alone; against `ring`'s
//! HMAC of that text; and against the crates that verify webhooks.
//!
//! Each peer is used as its documentation shows, with what can be kept between requests made before. `svix` is not here: it
//! does not build without its HTTP client and that one's TLS; its check is the same code as that of `standardwebhooks`.
//!
//! `cargo bench -p countermark --bench webhook` takes two minutes; with `-- ratios` only what is printed first, see `support`.

mod support;

use countermark::facade::{
    Header, WebhookConfig, WebhookHeader, WebhookKey, WebhookRequest, WebhookSigner,
    WebhookVerifier,
};
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use http::{HeaderMap, HeaderName, HeaderValue};
use ring::hmac;
use std::{
    hint::black_box,
    time::{Duration, SystemTime},
};
use support::Rows;
use webhook_verify::{Provider, Secret, VerifyOptions};

const SIZES: [usize; 4] = [256, 4096, 65_536, 1_048_576];
const URL: &str = "https://hooks.example/in";
const ID: &str = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
const TEXT: &str = "a secret for measuring";
const WHSEC: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
const SCHEMES: [(&str, &str, Provider); 4] = [
    ("standard-webhooks", WHSEC, Provider::StandardWebhooks),
    ("stripe", TEXT, Provider::Stripe),
    ("github", TEXT, Provider::GitHub),
    ("twilio", TEXT, Provider::Twilio),
];

/// The headers of a request as it comes in, with those that servers and proxies add.
fn headers(scheme: &str, secret: &str, body: &[u8], now_ms: i64) -> Vec<Header> {
    let common = [
        "Host",
        "User-Agent",
        "Content-Type",
        "Content-Length",
        "Accept",
        "X-Forwarded-For",
    ];
    let mut headers: Vec<Header> = common
        .into_iter()
        .map(|name| Header {
            name: name.into(),
            value: "some value".into(),
        })
        .collect();
    let signer = WebhookSigner::new(scheme, vec![WebhookKey::new("k1", secret)]).expect("key");
    let signed = signer.sign(&view(&[]), body, Some(ID), now_ms);
    headers.extend(signed.expect("signed").headers);
    headers
}

fn view<'a>(headers: &'a [WebhookHeader<'a>]) -> WebhookRequest<'a> {
    WebhookRequest {
        url: Some(URL),
        headers,
        ..WebhookRequest::default()
    }
}

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
        let text = b"{\"a\":\"0123456789\"},";
        return text.iter().copied().cycle().take(size).collect();
    }
    let names = FIELDS.iter().map(|name| name.len() + 2).sum::<usize>();
    let fields = FIELDS.map(|name| format!("{name}={}", "x".repeat((size - names) / FIELDS.len())));
    fields.join("&").into_bytes()
}

/// The text that is signed.
fn signed_text(scheme: &str, body: &[u8], now_ms: i64) -> Vec<u8> {
    let now_s = now_ms / 1000;
    match scheme {
        "standard-webhooks" => [format!("{ID}.{now_s}.").as_bytes(), body].concat(),
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

/// As many blocks as an HMAC with a kept key hashes: those of the text with its padding, and the outer one.
fn limit(scheme: &str, text: &[u8]) -> impl Fn() + use<> {
    let blocks = vec![[b'x'; 64]; (text.len() + 9).div_ceil(64)];
    let sha1 = scheme == "twilio";
    move || {
        if sha1 {
            let mut state = [0; 5];
            sha1::block_api::compress(&mut state, black_box(&blocks));
            sha1::block_api::compress(&mut state, black_box(&[[0; 64]]));
            black_box(state);
        } else {
            let mut state = [0; 8];
            sha2::block_api::compress256(&mut state, black_box(&blocks));
            sha2::block_api::compress256(&mut state, black_box(&[[0; 64]]));
            black_box(state);
        }
    }
}

fn http_headers(headers: &[Header]) -> HeaderMap {
    headers
        .iter()
        .map(|Header { name, value }| {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("name");
            (name, HeaderValue::from_str(value).expect("value"))
        })
        .collect()
}

fn verify(criterion: &mut Criterion) {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now_ms = since.expect("after 1970").as_millis() as i64;
    for size in SIZES {
        for (scheme, secret, provider) in SCHEMES {
            let body = body(scheme, size);
            let text = signed_text(scheme, &body, now_ms);
            let headers = headers(scheme, secret, &body, now_ms);
            let borrowed: Vec<_> = headers
                .iter()
                .map(|Header { name, value }| WebhookHeader {
                    name,
                    value: value.as_bytes(),
                })
                .collect();
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

            let mut rows = Rows::new(format!("{scheme}/{size}"));
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
            let mut group = criterion.benchmark_group(format!("{scheme}/{size}"));
            group.throughput(Throughput::Bytes(size as u64));
            // Else a sample holds up to a hundred times as many runs as another.
            group.sampling_mode(SamplingMode::Flat);
            rows.run(group);
        }
    }
}

/// Adds a row that says of itself whether it verified.
fn add<'a>(rows: &mut Rows<'a>, name: &'static str, work: impl Fn() -> bool + 'a) {
    assert!(work(), "{name}");
    rows.add(name, work);
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(50)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = verify
}
criterion_main!(benches);
