//! A signed request, and the least that verifying it can cost.

use super::support::Rows;
use countermark::facade::{Header, WebhookHeader, WebhookKey, WebhookRequest, WebhookSigner};
use criterion::{Criterion, SamplingMode, Throughput};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::{
    hint::black_box,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

pub(crate) const SIZES: [usize; 4] = [256, 4096, 65_536, 1_048_576];
pub(crate) const URL: &str = "https://hooks.example/in";
pub(crate) const ID: &str = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
pub(crate) const WHSEC: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

/// The system's time, in Unix milliseconds.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("after 1970").as_millis() as i64
}

/// JSON-like text.
pub(crate) fn json(size: usize) -> Vec<u8> {
    let text = b"{\"a\":\"0123456789\"},";
    text.iter().copied().cycle().take(size).collect()
}

/// What Standard Webhooks and Svix sign.
pub(crate) fn standard_text(body: &[u8], now_ms: i64) -> Vec<u8> {
    [format!("{ID}.{}.", now_ms / 1000).as_bytes(), body].concat()
}

/// The headers of a request as it comes in, with those that servers and proxies add.
pub(crate) fn headers(scheme: &str, secret: &str, body: &[u8], now_ms: i64) -> Vec<Header> {
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

/// The same as a verifier takes them.
pub(crate) fn borrowed(headers: &[Header]) -> Vec<WebhookHeader<'_>> {
    headers
        .iter()
        .map(|Header { name, value }| WebhookHeader {
            name,
            value: value.as_bytes(),
        })
        .collect()
}

pub(crate) fn view<'a>(headers: &'a [WebhookHeader<'a>]) -> WebhookRequest<'a> {
    WebhookRequest {
        url: Some(URL),
        headers,
        ..WebhookRequest::default()
    }
}

/// As many blocks as an HMAC with a kept key hashes: those of the text with its padding, and the outer one.
pub(crate) fn limit(scheme: &str, text: &[u8]) -> impl Fn() + use<> {
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

pub(crate) fn http_headers(headers: &[Header]) -> HeaderMap {
    headers
        .iter()
        .map(|Header { name, value }| {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("name");
            (name, HeaderValue::from_str(value).expect("value"))
        })
        .collect()
}

/// Adds a row that says of itself whether it verified.
pub(crate) fn add<'a>(rows: &mut Rows<'a>, name: &'static str, work: impl Fn() -> bool + 'a) {
    assert!(work(), "{name}");
    rows.add(name, work);
}

/// Measures the rows for one size of body.
pub(crate) fn run(criterion: &mut Criterion, title: &str, size: usize, rows: &Rows<'_>) {
    let mut group = criterion.benchmark_group(title);
    group.throughput(Throughput::Bytes(size as u64));
    // Else a sample holds up to a hundred times as many runs as another.
    group.sampling_mode(SamplingMode::Flat);
    rows.run(group);
}

/// Half of criterion's usual samples, in a fifth of its time: there are many rows.
pub(crate) fn settings() -> Criterion {
    Criterion::default()
        .sample_size(50)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
}
