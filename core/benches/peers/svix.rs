//! Verifying what Svix sends, against the crate `svix`, and against the hash blocks of the signed text alone.
//!
//! `cargo bench --manifest-path core/benches/peers/Cargo.toml`; with `-- ratios` only what is printed first, see `support`.

#[path = "../support/request.rs"]
mod request;
#[path = "../support/mod.rs"]
mod support;

use countermark::facade::{WebhookConfig, WebhookKey, WebhookVerifier};
use criterion::{Criterion, criterion_group, criterion_main};
use request::{
    SIZES, WHSEC, add, borrowed, headers, http_headers, json, limit, now_ms, run, settings,
    standard_text, view,
};
use std::hint::black_box;
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

        let title = format!("svix/{size}");
        let mut rows = Rows::new(title.clone());
        rows.add("limit", limit("svix", &standard_text(&body, now_ms)));
        add(&mut rows, "countermark", || {
            verifier
                .verify(black_box(&request), black_box(&body), now_ms)
                .is_ok()
        });
        add(&mut rows, "svix", || {
            peer.verify(black_box(&body), &map).is_ok()
        });
        run(criterion, &title, size, &rows);
    }
}

criterion_group! {
    name = benches;
    config = settings();
    targets = verify
}
criterion_main!(benches);
