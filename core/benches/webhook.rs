//! Verifying a webhook, against what nobody can be faster than: the hash blocks alone, and `ring`'s HMAC.

use countermark::facade::{
    Header, WebhookConfig, WebhookHeader, WebhookKey, WebhookRequest, WebhookSigner,
    WebhookVerifier,
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::hint::black_box;

const NOW: i64 = 1_700_000_000_000;
const SIZES: [usize; 4] = [256, 4096, 65_536, 1_048_576];
const SCHEMES: [(&str, &str); 4] = [
    (
        "standard-webhooks",
        "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
    ),
    ("stripe", "a secret for measuring"),
    ("github", "a secret for measuring"),
    ("twilio", "a secret for measuring"),
];

/// A request as it comes in, with the headers that servers and proxies add.
fn request(scheme: &str, secret: &str, body: &[u8]) -> (WebhookVerifier, Vec<Header>) {
    let key = || vec![WebhookKey::new("k1", secret)];
    let common = [
        "Host",
        "User-Agent",
        "Content-Type",
        "Content-Length",
        "Accept",
        "X-Forwarded-For",
    ];
    let value = |name: &str| Header {
        name: name.into(),
        value: "some value".into(),
    };
    let mut headers: Vec<Header> = common.into_iter().map(value).collect();
    let signer = WebhookSigner::new(scheme, key()).expect("key");
    let signed = signer
        .sign(
            &view(&[]),
            body,
            Some("msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"),
            NOW,
        )
        .expect("signed");
    headers.extend(signed.headers);
    let verifier = WebhookVerifier::new(WebhookConfig::new(scheme, key())).expect("key");
    (verifier, headers)
}

fn view<'a>(headers: &'a [WebhookHeader<'a>]) -> WebhookRequest<'a> {
    WebhookRequest {
        url: Some("https://hooks.example/in"),
        headers,
        ..WebhookRequest::default()
    }
}

/// JSON-like text; for Twilio a form of 16 fields.
fn body(scheme: &str, size: usize) -> Vec<u8> {
    if scheme != "twilio" {
        return b"{\"a\":\"0123456789\"},"
            .iter()
            .copied()
            .cycle()
            .take(size)
            .collect();
    }
    let fields: Vec<Vec<u8>> = (10..26)
        .map(|n| [format!("f{n}=").into_bytes(), vec![b'x'; size / 16 - 5]].concat())
        .collect();
    fields.join(&b'&')
}

/// The blocks that any HMAC over a body must hash: those of the body, and one for the outer hash.
fn blocks<D: Digest>(body: &[u8]) {
    black_box(D::digest(black_box(body)));
}

fn verify(criterion: &mut Criterion) {
    for size in SIZES {
        let mut group = criterion.benchmark_group(format!("webhook/{size}"));
        group.throughput(Throughput::Bytes(size as u64));
        let plain = body("", size);
        group.bench_function(BenchmarkId::from_parameter("limit-sha256"), |bencher| {
            bencher.iter(|| {
                blocks::<Sha256>(&plain);
                blocks::<Sha256>(&[0; 32]);
            });
        });
        group.bench_function(BenchmarkId::from_parameter("limit-sha1"), |bencher| {
            bencher.iter(|| {
                blocks::<Sha1>(&plain);
                blocks::<Sha1>(&[0; 20]);
            });
        });
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"a secret for measuring");
        let tag = ring::hmac::sign(&key, &plain);
        group.bench_function(BenchmarkId::from_parameter("ring-hmac"), |bencher| {
            bencher.iter(|| {
                ring::hmac::verify(&key, black_box(&plain), black_box(tag.as_ref())).is_ok()
            });
        });
        for (scheme, secret) in SCHEMES {
            let body = body(scheme, size);
            let (verifier, headers) = request(scheme, secret, &body);
            let headers: Vec<_> = headers
                .iter()
                .map(|Header { name, value }| WebhookHeader {
                    name,
                    value: value.as_bytes(),
                })
                .collect();
            let request = view(&headers);
            verifier.verify(&request, &body, NOW).expect("verifies");
            group.bench_function(BenchmarkId::from_parameter(scheme), |bencher| {
                bencher.iter(|| {
                    verifier
                        .verify(black_box(&request), black_box(&body), NOW)
                        .is_ok()
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, verify);
criterion_main!(benches);
