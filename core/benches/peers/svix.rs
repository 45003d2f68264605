//! Verifying what Svix sends, against the crate `svix`, and against the hash blocks of the signed text alone.
//!
//! `cargo bench --manifest-path core/benches/peers/Cargo.toml`; with `-- ratios` only what is printed first, see `support`.

#[path = "../support/request.rs"]
mod request;
#[path = "../support/mod.rs"]
mod support;

use countermark::facade::{WebhookConfig, WebhookKey, WebhookVerifier};
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use request::{
    SIZES, WHSEC, add, borrowed, headers, http_headers, json, limit, now_ms, standard_text, view,
};
use std::{hint::black_box, time::Duration};
use support::Rows;

fn verify(criterion: &mut Criterion) {
    let now_ms = now_ms();
    for size in SIZES {
        let body = json(size);
        let headers = headers("svix", WHSEC, &body, now_ms);
        let borrowed = borrowed(&headers);
        let request = view(&borrowed);
        let config = WebhookConfig::new("svix", vec![WebhookKey::new("k1", WHSEC)]);
        let verifier = WebhookVerifier::new(config).expect("key");
        let map = http_headers(&headers);
        let peer = svix::webhooks::Webhook::new(WHSEC).expect("key");

        let mut rows = Rows::new(format!("svix/{size}"));
        rows.add("limit", limit("svix", &standard_text(&body, now_ms)));
        add(&mut rows, "countermark", || {
            verifier
                .verify(black_box(&request), black_box(&body), now_ms)
                .is_ok()
        });
        add(&mut rows, "svix", || {
            peer.verify(black_box(&body), &map).is_ok()
        });
        let mut group = criterion.benchmark_group(format!("svix/{size}"));
        group.throughput(Throughput::Bytes(size as u64));
        group.sampling_mode(SamplingMode::Flat);
        rows.run(group);
    }
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
